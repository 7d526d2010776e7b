// Two texts, line by line: what the second takes out and puts in.

import { diffLines } from "diff";
import { useTranslation } from "react-i18next";

const AROUND = 3;

export function Difference({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation();
  const parts = diffLines(before, after, { timeout: 2_000 });
  if (!parts) return <p className="warned">{t("admin.tooDifferent")}</p>;
  if (parts.every((one) => !one.added && !one.removed)) {
    return <p className="quiet">{t("admin.noDifference")}</p>;
  }
  let at = 0;
  return (
    <pre className="difference">
      {parts.map((part) => {
        const key = at++;
        if (part.added) return <ins key={key}>{signed(part.value, "+")}</ins>;
        if (part.removed) return <del key={key}>{signed(part.value, "−")}</del>;
        return <span key={key}>{signed(shortened(part.value), " ")}</span>;
      })}
    </pre>
  );
}

function signed(text: string, sign: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  return `${lines.map((line) => `${sign} ${line}`).join("\n")}\n`;
}

function shortened(text: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  if (lines.length <= 2 * AROUND + 1) return text;
  return [...lines.slice(0, AROUND), "…", ...lines.slice(-AROUND)].join("\n");
}
