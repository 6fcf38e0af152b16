/** What every page loads: htmx and our small behaviours. All of them improve pages that work without scripts. */
import htmx from "htmx.org/dist/htmx.esm.js";
import { enhanceBoards } from "./board.js";
import { enhanceCharts } from "./chart-loader.js";
import { enhanceCode } from "./code.js";
import { enhanceConfirm } from "./confirm.js";
import { enhanceCopy } from "./copy.js";
import { enhanceDrafts } from "./draft.js";
import { enhanceFields } from "./fields.js";
import { enhanceFiles } from "./files.js";
import { enhanceLive } from "./live.js";
import { enhanceMenus } from "./menu.js";
import { enhancePolling } from "./poll.js";
import { enhancePush } from "./push.js";
import { enhanceRetry } from "./retry.js";
import { enhanceRows } from "./rows.js";
import { enhanceSteps } from "./steps.js";
import { enhanceSubmit } from "./submit.js";
import { enhanceTables } from "./table.js";
import { enhanceTabs } from "./tabs.js";
import { enhanceValidation } from "./validation.js";
import { enhanceWork } from "./work.js";

const behaviours = [enhanceValidation, enhanceFields, enhanceFiles, enhanceTables, enhanceTabs, enhanceLive, enhanceSteps, enhanceDrafts, enhanceWork, enhanceBoards, enhanceCharts, enhanceCode];

/** Prepares what stands below `root`; safe to call twice for the same elements. */
function enhance(root) {
  for (const behaviour of behaviours) behaviour(root);
}

document.documentElement.classList.remove("no-js");
enhanceConfirm(document);
enhanceRetry(document, enhance);
enhanceSubmit(document);
enhanceCopy(document);
enhanceMenus(document);
enhanceRows(document);
enhancePolling(document, htmx);
enhancePush(document);
enhance(document);
document.addEventListener("htmx:after:swap", (event) => enhance(event.target instanceof Element ? event.target : document));
