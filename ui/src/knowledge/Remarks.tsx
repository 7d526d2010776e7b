// What agents say of articles, until somebody has seen to it.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { useRemarks, useSettle } from "./knowledge";

export function Remarks() {
  const { t } = useTranslation();
  const now = useNow();
  const { data } = useRemarks();
  const settle = useSettle();
  if (data?.remarks.length === 0) return <p className="quiet">{t("knowledge.noRemarks")}</p>;
  return (
    <ol className="remarks">
      {data?.remarks.map((remark) => (
        <li key={remark.id} data-remark={remark.id}>
          <p>{remark.text}</p>
          <p className="quiet">
            {t("knowledge.remarkOf", {
              who: remark.who,
              article: remark.article,
              n: remark.version,
              at: moment(remark.at, now),
            })}
          </p>
          <Button size="compact-md" variant="default" onClick={() => settle.mutate(remark.id)}>
            {t("knowledge.settle")}
          </Button>
        </li>
      ))}
    </ol>
  );
}
