// A caller on hold hears nobody: said to her agent once it has been too long, until she has her back.

import { useTranslation } from "react-i18next";
import { Since } from "../look/Since";

export function HeldLong({ since }: { since: number }) {
  const { t } = useTranslation();
  return (
    <p className="held-long" role="alert">
      {t("talk.heldLong")} · <Since at={since} />
    </p>
  );
}
