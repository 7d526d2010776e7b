// A time's figures drawn: calls as bars, shares as a line. Who cannot see it has the table below.

import { useComputedColorScheme } from "@mantine/core";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { language } from "../i18n";

echarts.use([
  BarChart,
  LineChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  CanvasRenderer,
]);

export interface Line {
  name: string;
  kind: "bar" | "line";
  color: string;
  stack?: string;
  values: readonly (number | null)[];
}

/** `color`: a variable of the house's look, `--blue`. */
export default function Chart(props: {
  about: string;
  periods: readonly string[];
  lines: readonly Line[];
}) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  const { periods, lines } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are other ones in the dark
  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const chart = echarts.init(box);
    chart.setOption(drawn(box, periods, lines));
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(box);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [periods, lines, scheme]);
  return <div ref={place} className="report-chart" role="img" aria-label={props.about} />;
}

function drawn(box: HTMLElement, periods: readonly string[], lines: readonly Line[]) {
  const look = getComputedStyle(box);
  // Colours of the look are light-dark() pairs; only a computed one is a plain colour.
  const plain = (name: string) => {
    box.style.setProperty("outline-color", `var(${name})`);
    const found = getComputedStyle(box).outlineColor;
    box.style.removeProperty("outline-color");
    return found;
  };
  const soft = plain("--soft");
  const axis = { axisLabel: { color: soft }, axisLine: { lineStyle: { color: plain("--line") } } };
  const share = (value: number) => `${Math.round(value * 100)} %`;
  return {
    animation: false,
    textStyle: { fontFamily: look.fontFamily },
    grid: { left: 48, right: 56, top: 40, bottom: 28 },
    legend: { top: 0, textStyle: { color: plain("--ink") } },
    // Drawn, not written as HTML: the page's policy takes no other styles, and names stay names.
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: [...periods], ...axis },
    yAxis: [
      {
        type: "value",
        minInterval: 1,
        splitLine: { lineStyle: { color: plain("--line") } },
        axisLabel: {
          color: soft,
          formatter: (value: number) => value.toLocaleString(language()),
        },
      },
      {
        type: "value",
        min: 0,
        max: 1,
        splitLine: { show: false },
        axisLabel: { color: soft, formatter: share },
      },
    ],
    series: lines.map((line) => ({
      name: line.name,
      type: line.kind,
      stack: line.stack,
      yAxisIndex: line.kind === "line" ? 1 : 0,
      connectNulls: true,
      itemStyle: { color: plain(line.color) },
      data: [...line.values],
      tooltip:
        line.kind === "line"
          ? { valueFormatter: (value: unknown) => (typeof value === "number" ? share(value) : "–") }
          : undefined,
    })),
  };
}
