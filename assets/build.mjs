/**
 * Builds the style sheets, scripts and icons of Lumbung into platform/lumbung/web/static/build/.
 *
 * Every file carries a hash of its content in its name, so that browsers may keep it for a year; manifest.json maps
 * the logical name ("app.css") to the built one. Beside each stands the same file packed with gzip, for the server to send. Only those rules of Tabler are kept that a template or a script of
 * ours can use, since a page with a form has to stay under 150 kB over the wire on a cheap phone.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const staticDir = path.join(root, "platform/lumbung/web/static");
const outDir = path.join(staticDir, "build");
const templateRoots = ["platform/lumbung", "tenants", "app_catalog", "app_runtime"];

/** What a phone has to fetch, in bytes after gzip; the build fails above it. */
const budgets = { "app.css": 35_000, "app.js": 25_000, "icons.svg": 16_000, "map.js": 60_000, "charts.js": 190_000 };

/** Chrome 87 is the oldest browser aimed at: Android 5 phones stay on about that. */
const target = ["chrome87", "firefox90", "safari15"];

/** Utilities that templates may use without the build knowing of them yet, and class names that macros compose. */
const safelist = {
  standard: [
    /^(m|p)[tbsexy]?-(0|1|2|3|4|5|auto)$/, /^d-(none|block|flex|grid|inline|inline-block|inline-flex|print-none)$/,
    /^d-(sm|md|lg)-(none|block|flex|grid)$/, /^col(-(sm|md|lg))?(-(auto|[1-9]|1[0-2]))?$/, /^g[xy]?-[0-5]$/, /^gap-[0-5]$/,
    /^row(-cols-((sm|md|lg)-)?[1-4])?$/, /^align-items-/, /^justify-content-/, /^text-(start|center|end|nowrap|break|truncate)$/,
    /^(w|h)-(25|50|75|100|auto)$/, /^btn(-(primary|secondary|danger|success|warning|ghost-\w+|outline-\w+|sm|lg|icon|link|list))?$/,
    /^alert(-(success|info|warning|danger|title|link))?$/, /^table(-(responsive|vcenter|sm|striped|hover))?$/,
    /^card(-(body|header|title|footer|subtitle|actions|table))?$/, /^form-/, /^input-/, /^is-invalid$/, /^invalid-feedback$/,
    /^list-group/, /^visually-hidden/, /^flex-/, /^fw-/, /^fs-/, /^order-/, /^rounded/, /^border/, /^small$/, /^lead$/, /^htmx-/,
  ],
};

/** The files below `directory` (relative to the project) whose name ends in one of `endings`. */
async function filesBelow(directory, endings) {
  const found = [];
  let entries;
  try {
    entries = await readdir(path.join(root, directory), { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return found;
    throw error;
  }
  for (const entry of entries) {
    const below = path.join(directory, entry.name);
    if (entry.isDirectory()) {
      if (!["build", "node_modules", "__pycache__"].includes(entry.name)) found.push(...(await filesBelow(below, endings)));
    } else if (endings.some((ending) => entry.name.endsWith(ending))) {
      found.push(below);
    }
  }
  return found.sort();
}

/**
 * Tabler for the light theme alone: `light-dark(a, b)` becomes `a`, which older phones understand and which is half
 * as long. Parentheses are counted since the arguments nest.
 */
function lightThemeOnly(css) {
  const opening = "light-dark(";
  let out = "";
  let from = 0;
  for (;;) {
    const at = css.indexOf(opening, from);
    if (at < 0) return out + css.slice(from);
    out += css.slice(from, at);
    let depth = 1;
    let comma = -1;
    let index = at + opening.length;
    for (; depth > 0; index += 1) {
      if (css[index] === "(") depth += 1;
      else if (css[index] === ")") depth -= 1;
      else if (css[index] === "," && depth === 1 && comma < 0) comma = index;
    }
    out += lightThemeOnly(css.slice(at + opening.length, comma));
    from = index;
  }
}

async function purgedTabler(templates, scripts) {
  const tabler = await readFile(path.join(root, "node_modules/@tabler/core/dist/css/tabler.css"), "utf8");
  const light = lightThemeOnly(tabler).replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
  const [result] = await new PurgeCSS().purge({
    content: [...templates, ...scripts].map((file) => path.join(root, file)),
    css: [{ raw: light }],
    safelist,
    // Plain words of texts and scripts that are also names of parts of Tabler that we do not use.
    blocklist: [/data-bs-theme/, /^(signal|status|legend|placeholder|steps|step|avatar|stars|timeline|tracking|ribbon|page|navbar|carousel)(-|$)/],
    keyframes: true,
    fontFace: true,
    variables: true,
  });
  return result.css;
}

/**
 * One SVG with a symbol per icon: those of icons.txt and those that templates and Python sources name. Templates refer to
 * them by `<use href="…#name">`.
 */
async function iconSprite(sources) {
  const list = (await readFile(path.join(root, "assets/icons.txt"), "utf8"))
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean);
  const usedIn = new Map(list.map((name) => [name, "assets/icons.txt"]));
  for (const file of sources) {
    const source = await readFile(path.join(root, file), "utf8");
    for (const [, name] of source.matchAll(/(?:\bicon\(|\bicon(?:_name)?=|"icon": )"([a-z0-9-]+)"/g)) {
      if (!usedIn.has(name)) usedIn.set(name, file);
    }
  }
  const symbols = [];
  for (const name of [...usedIn.keys()].sort()) {
    const [folder, file] = name.endsWith("-filled") ? ["filled", name.slice(0, -7)] : ["outline", name];
    const source = await readFile(path.join(root, `node_modules/@tabler/icons/icons/${folder}/${file}.svg`), "utf8").catch(() => {
      throw new Error(`${usedIn.get(name)} uses the icon "${name}", which @tabler/icons does not have`);
    });
    const inner = source
      .slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"))
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "")
      .replace(/\s*\n\s*/g, "");
    const fill = folder === "filled" ? ' fill="currentColor" stroke="none"' : "";
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24"${fill}>${inner}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

function hashed(logical, content) {
  const { name, ext } = path.parse(logical);
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 10);
  return `${name}-${digest}${ext}`;
}

/** Writes beside the target and renames, so that a server that is running never reads half a file. */
async function writeWhole(file, content) {
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}

async function main() {
  const templates = (await Promise.all(templateRoots.map((dir) => filesBelow(dir, [".html"])))).flat();
  const python = (await Promise.all(templateRoots.map((dir) => filesBelow(dir, [".py"])))).flat();
  const scripts = await filesBelow("assets/js", [".js"]);
  const tabler = await purgedTabler(templates, scripts);
  const bundle = await build({
    absWorkingDir: root,
    entryPoints: { app: "assets/js/app.js", map: "assets/js/map.js", charts: "assets/js/charts.js", style: "assets/css/app.css", mapstyle: "assets/css/map.css" },
    bundle: true,
    minify: true,
    write: false,
    outdir: outDir,
    target,
    format: "iife",
    legalComments: "none",
    loader: { ".png": "dataurl", ".svg": "dataurl" },
    logLevel: "warning",
    plugins: [
      {
        name: "purged-tabler",
        setup(builder) {
          builder.onResolve({ filter: /^tabler$/ }, () => ({ path: "tabler", namespace: "purged" }));
          builder.onLoad({ filter: /.*/, namespace: "purged" }, () => ({ contents: tabler, loader: "css" }));
        },
      },
    ],
  });
  const outputs = new Map();
  const logicalNames = { "style.css": "app.css", "mapstyle.css": "map.css" };
  for (const file of bundle.outputFiles) {
    const name = path.basename(file.path);
    outputs.set(logicalNames[name] ?? name, Buffer.from(file.contents));
  }
  outputs.set("icons.svg", Buffer.from(await iconSprite([...templates, ...python])));
  for (const file of await filesBelow("platform/lumbung/web/static", [".svg", ".png", ".ico"])) {
    outputs.set(path.basename(file), await readFile(path.join(root, file)));
  }

  await mkdir(outDir, { recursive: true });
  const manifest = {};
  const report = [];
  const tooBig = [];
  for (const [logical, content] of outputs) {
    manifest[logical] = hashed(logical, content);
    const packed = gzipSync(content, { level: 9 });
    const size = packed.length;
    await writeWhole(path.join(outDir, manifest[logical]), content);
    await writeWhole(path.join(outDir, `${manifest[logical]}.gz`), packed);
    report.push(`${manifest[logical].padEnd(28)} ${String(size).padStart(7)} bytes gzipped`);
    if (budgets[logical] && size > budgets[logical]) tooBig.push(`${logical}: ${size} > ${budgets[logical]}`);
  }
  await writeWhole(path.join(outDir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const current = new Set(["manifest.json", ...Object.values(manifest).flatMap((file) => [file, `${file}.gz`])]);
  for (const file of await readdir(outDir)) {
    if (!current.has(file)) await rm(path.join(outDir, file), { force: true });
  }
  console.log(report.join("\n"));
  if (tooBig.length) throw new Error(`over the budget for phones: ${tooBig.join(", ")}`);
}

main().catch((error) => {
  console.error(`assets: ${error.message}`);
  process.exitCode = 1;
});
