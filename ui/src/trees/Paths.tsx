// Real paths: the period they are counted over, where callers hang up most, and how to lay them over
// the tree. The numbers themselves stand on the picture and in the outline.

import { Button, SegmentedControl, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PERIODS, type Period, type Warm } from "./heat";
import type { Tree } from "./model";
import type { Ways } from "./ways";

const MOST = 8;

export function PathPanel(props: { ways: Ways; tree: Tree; choose: (node: string) => void }) {
  const { ways, tree } = props;
  const { t, i18n } = useTranslation();
  const { found, heat } = ways;
  const number = (one: number) => one.toLocaleString(i18n.language);
  const lost = [...(heat?.nodes ?? [])]
    .filter(([, one]) => one.left > 0)
    .sort(([, a], [, b]) => b.left - a.left)
    .slice(0, MOST);
  const heard = Object.entries(found?.versions ?? {});
  return (
    <div className="paths" id="paths">
      <SegmentedControl
        size="xs"
        aria-label={t("paths.period")}
        value={ways.on}
        onChange={(value) => ways.show(value as Period | "")}
        data={["" as const, ...PERIODS].map((value) => ({
          value,
          label: value === "" ? t("paths.off") : t(`paths.over.${value}`),
        }))}
      />
      {ways.on === "" && <p className="quiet">{t("paths.about")}</p>}
      {ways.problem && (
        <p className="wrong" role="alert">
          {t("unreachable")}
        </p>
      )}
      {found && (
        <>
          <p role="status">
            {t("paths.calls", { count: found.calls, calls: number(found.calls) })}
            {!found.complete && ` ${t("paths.newest", { calls: number(found.calls) })}`}
          </p>
          {(heard.length > 1 || ways.version) && (
            <Select
              size="xs"
              label={t("paths.version")}
              value={ways.version}
              onChange={(value) => ways.choose(value ?? "")}
              allowDeselect={false}
              data={[
                { value: "", label: t("paths.anyVersion") },
                ...heard
                  .filter(([version]) => version)
                  .map(([version, one]) => ({
                    value: version,
                    label: `${version} (${number(one.calls)})`,
                  })),
              ]}
            />
          )}
          {found.calls > 0 && (
            <>
              <h3>{t("paths.lost")}</h3>
              {lost.length === 0 && <p className="quiet">{t("paths.nobodyLost")}</p>}
              <ol className="paths-lost">
                {lost.map(([name, one]) => (
                  <li key={name}>
                    <Button
                      size="compact-sm"
                      variant="default"
                      disabled={!(name in tree.nodes)}
                      onClick={() => props.choose(name)}
                    >
                      {name}
                    </Button>
                    <HungUp warm={one} />
                  </li>
                ))}
              </ol>
            </>
          )}
          {heat && heat.others.length > 0 && (
            <details>
              <summary>{t("paths.others", { count: heat.others.length })}</summary>
              <ul className="paths-others">
                {heat.others.slice(0, 50).map((one) => (
                  <li key={`${one.node} ${one.to}`}>
                    {one.node} → {one.to} <b>{number(one.calls)}</b>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </div>
  );
}

/** "1,204 callers · 62 %", and how many of them hung up here. */
export function WarmRow({ warm }: { warm: Warm | undefined }) {
  const { t, i18n } = useTranslation();
  if (!warm) return <small className="row-heat quiet">{t("paths.nobody")}</small>;
  return (
    <small className="row-heat">
      {t("paths.came", {
        count: warm.calls,
        calls: warm.calls.toLocaleString(i18n.language),
        share: percent(warm.share, i18n.language),
      })}
      {warm.left > 0 && (
        <>
          {" · "}
          <HungUp warm={warm} />
        </>
      )}
    </small>
  );
}

function HungUp({ warm }: { warm: Warm }) {
  const { t, i18n } = useTranslation();
  return (
    <b className="hung-up">
      {t("paths.hungUp", {
        calls: warm.left.toLocaleString(i18n.language),
        share: percent(warm.left / warm.calls, i18n.language),
      })}
    </b>
  );
}

export function percent(share: number, language: string): string {
  const digits = share > 0 && share < 0.1 ? 1 : 0;
  return share.toLocaleString(language, { style: "percent", maximumFractionDigits: digits });
}
