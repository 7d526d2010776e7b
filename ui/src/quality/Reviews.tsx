// A reviewer's own work: what is to be done first, then what she did.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, told } from "../api/client";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { nameIn, useForms } from "./quality";

export function Reviews() {
  const { t } = useTranslation();
  const now = useNow();
  const forms = useForms().data?.forms ?? [];
  const { data } = useQuery({
    queryKey: ["scoring", "reviews"],
    queryFn: () => told(api.GET("/api/v1/scoring/reviews")),
  });
  const reviews = data?.reviews ?? [];
  const open = reviews.filter((one) => one.done_at === null).length;
  return (
    <section>
      <h1>{t("quality.part.reviews")}</h1>
      <p className="quiet">{t("quality.toDo", { count: open })}</p>
      {reviews.length > 0 && (
        <table className="lines" id="reviews">
          <thead>
            <tr>
              <th scope="col">{t("quality.talk")}</th>
              <th scope="col">{t("quality.form")}</th>
              <th scope="col">{t("quality.state")}</th>
              <th scope="col">{t("quality.score")}</th>
            </tr>
          </thead>
          <tbody>
            {reviews.map((one) => {
              const form = forms.find((known) => known.id === one.form);
              return (
                <tr key={one.id} data-review={one.id}>
                  <td>
                    <Link href={`/quality/review/${one.id}`}>{one.recording}</Link>
                  </td>
                  <td>{form ? nameIn(form.names, form.id) : one.form}</td>
                  <td>
                    {one.done_at === null
                      ? t("quality.open")
                      : t("quality.doneAt", { at: moment(one.done_at, now) })}
                  </td>
                  <td>{one.score === null ? "" : one.score}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
