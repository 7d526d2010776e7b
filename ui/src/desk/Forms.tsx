// The forms of a ticket: which are filled in, and one being filled in; as a page to print.

import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { FormFields } from "./FormFields";
import { type Data, documentOf, type Filled, type Form, kept, nameOf } from "./forms";

export function Forms({ ticket }: { ticket: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState("");
  const all = useQuery({
    queryKey: ["forms"],
    queryFn: () => told(api.GET("/api/v1/forms")),
    staleTime: 60_000,
  });
  const filled = useQuery({
    queryKey: ["filled", ticket],
    queryFn: () =>
      told(api.GET("/api/v1/tickets/{id}/forms", { params: { path: { id: ticket } } })),
  });
  const forms = all.data?.forms ?? [];
  const there = filled.data?.filled ?? [];
  const rest = forms.filter((form) => there.every((one) => one.form !== form.id));
  const form = forms.find((one) => one.id === open);
  return (
    <section className="desk-box" aria-labelledby="forms-title" id="forms">
      <h2 id="forms-title">{t("form.title")}</h2>
      <ul className="forms-there">
        {there.map((one) => {
          const own = forms.find((known) => known.id === one.form);
          return (
            <li key={one.id} data-form={one.form}>
              <Button variant="subtle" size="compact-sm" onClick={() => setOpen(one.form)}>
                {own ? nameOf(own) : one.form}
              </Button>{" "}
              <a href={`/api/v1/filled/${one.id}/pdf`} download>
                {t("form.pdf")}
              </a>
            </li>
          );
        })}
      </ul>
      {rest.length > 0 && (
        <NativeSelect
          id="add-form"
          label={t("form.add")}
          value=""
          data={[
            { value: "", label: "—" },
            ...rest.map((one) => ({ value: one.id, label: nameOf(one) })),
          ]}
          onChange={(event) => setOpen(event.currentTarget.value)}
        />
      )}
      {form && (
        <Fill
          key={form.id}
          ticket={ticket}
          newest={form}
          filled={there.find((one) => one.form === form.id)}
          close={() => setOpen("")}
        />
      )}
    </section>
  );
}

interface Filling {
  ticket: string;
  newest: Form;
  filled: Filled | undefined;
  close: () => void;
}

function Fill({ ticket, newest, filled, close }: Filling) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [data, setData] = useState<Data>((filled?.data ?? {}) as Data);
  // What was begun on one version of the form is finished on it.
  const number = filled?.number ?? newest.number;
  const own = useQuery({
    queryKey: ["form", newest.id, number],
    enabled: number !== newest.number,
    queryFn: () =>
      told(
        api.GET("/api/v1/forms/{id}", {
          params: { path: { id: newest.id }, query: { number } },
        }),
      ),
  });
  const form = number === newest.number ? newest : own.data;
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      told(
        api.PUT("/api/v1/tickets/{id}/forms", {
          params: { path: { id: ticket } },
          body: { form: newest.id, data: kept(data) as never, version: filled?.version ?? 0 },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["filled", ticket] });
      void queries.invalidateQueries({ queryKey: ["ticket", ticket] });
      close();
    },
  });
  if (!form) return null;
  const refused = error instanceof Refused ? error : undefined;
  return (
    <form
      className="say"
      id="fill"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <h3>{nameOf(form)}</h3>
      <FormFields
        document={documentOf(form)}
        data={data}
        change={setData}
        wrong={refused?.field ? { [refused.field]: refused.message } : {}}
        prefix="fill"
      />
      {error && (
        <p role="alert" className="wrong" id="form-refused">
          {refused ? refused.message : t("unreachable")}
        </p>
      )}
      <div className="say-acts">
        <Button id="keep-form" type="submit" loading={isPending}>
          {t("form.keep")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("close")}
        </Button>
        <Button variant="default" onClick={() => print()}>
          {t("form.print")}
        </Button>
      </div>
    </form>
  );
}
