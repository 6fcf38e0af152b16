/** Loaded once a chart comes into view: draws it from the table below it, on a canvas, so that no style is put into the page. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

const LINE = 20;

function numbersOf(figure) {
  return [...figure.querySelectorAll("tbody tr")].map((row) => ({
    label: row.cells[0].textContent,
    shown: row.cells[1].textContent,
    value: row.dataset.value === "" ? null : Number(row.dataset.value),
    tone: row.dataset.tone,
  }));
}

function optionsOf(shape, rows, colours) {
  const names = { type: "category", data: rows.map(({ label }) => label), axisTick: { show: false }, axisLine: { lineStyle: { color: colours.line } }, axisLabel: { color: colours.quiet, hideOverlap: true, width: shape === "bars" ? 130 : undefined, overflow: "truncate" } };
  const whole = rows.every(({ value }) => Number.isInteger(value ?? 0));
  const amounts = { type: "value", minInterval: whole ? 1 : 0, splitLine: { lineStyle: { color: colours.line } }, axisLabel: { color: colours.quiet, hideOverlap: true, formatter: (value) => new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" }).format(value) } };
  const data = rows.map(({ value, tone }) => ({ value, itemStyle: { color: colours[tone] ?? colours.brand, borderRadius: 3 } }));
  const line = shape === "time" && rows.length > LINE;
  return {
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: colours.font },
    grid: { left: 4, right: 16, top: 12, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, formatter: ([{ dataIndex }]) => `${rows[dataIndex].label}: ${rows[dataIndex].shown}` },
    xAxis: shape === "bars" ? amounts : names,
    yAxis: shape === "bars" ? { ...names, inverse: true } : amounts,
    series: [{ type: line ? "line" : "bar", data, barMaxWidth: 28, symbolSize: 5, lineStyle: { color: colours.brand, width: 2 }, areaStyle: line ? { color: colours.brand, opacity: 0.12 } : undefined }],
  };
}

function coloursOf(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  return { brand: read("--brand"), line: read("--line"), quiet: read("--ink-quiet"), font: style.fontFamily, amber: read("--tone-amber"), blue: read("--tone-blue"), green: read("--tone-green"), grey: read("--tone-grey"), red: read("--tone-red") };
}

function draw(picture) {
  const rows = numbersOf(picture.parentElement);
  const shape = picture.dataset.chart;
  picture.classList.add("is-drawn");
  if (shape === "bars") picture.style.height = `${Math.max(120, rows.length * 34 + 50)}px`;
  const chart = init(picture, null, { renderer: "canvas" });
  chart.setOption(optionsOf(shape, rows, coloursOf(picture)));
  new ResizeObserver(() => (picture.isConnected ? chart.resize() : chart.dispose())).observe(picture);
  // Whoever opens the numbers from here on reads them: they are not fetched again meanwhile.
  const numbers = picture.parentElement.querySelector("details");
  numbers.open = false;
  numbers.dataset.keepOpen = "";
}

document.addEventListener("lumbung:chart", (event) => draw(event.target));
for (const picture of document.querySelectorAll("[data-chart].is-awaited")) draw(picture);
