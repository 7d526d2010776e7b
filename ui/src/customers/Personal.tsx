// For admins: take away all that is known of her, or erase it for good; said twice before it is done.

import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";

export function Personal({ id }: { id: string }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<Schema["Logged"]>();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const answer = await api.POST("/api/v1/customers/{id}/export", {
        params: { path: { id } },
        parseAs: "blob",
      });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(answer.data as unknown as Blob);
      link.download = `${id}.zip`;
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });
  return (
    <section className="personal" aria-labelledby="personal-title">
      <h2 id="personal-title">{t("customers.personal")}</h2>
      <p className="quiet">{t("customers.personalAbout")}</p>
      <p className="personal-acts">
        <Button variant="default" data-do="export" loading={isPending} onClick={() => mutate()}>
          {t("customers.export")}
        </Button>
        <Button className="erase" variant="default" data-do="erase" onClick={() => setAsking(true)}>
          {t("customers.erase")}
        </Button>
      </p>
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      {done && (
        <p role="status" id="erased">
          {t("customers.erased", { ...done })}
          {done.held > 0 && ` ${t("customers.held", { count: done.held })}`}
        </p>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("customers.erase")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <Erase
          id={id}
          done={(one) => {
            setDone(one);
            setAsking(false);
          }}
        />
      </Modal>
    </section>
  );
}

function Erase({ id, done }: { id: string; done: (one: Schema["Logged"]) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [confirm, setConfirm] = useState("");
  const [why, setWhy] = useState("");
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      told(
        api.POST("/api/v1/customers/{id}/erase", {
          params: { path: { id } },
          body: { confirm, why },
        }),
      ),
    onSuccess: (one) => {
      done(one);
      void queries.invalidateQueries({ queryKey: ["timeline", id] });
    },
  });
  const refused = error instanceof Refused ? error : null;
  return (
    <form
      className="personal"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <p>{t("customers.eraseAbout")}</p>
      <Textarea
        label={t("customers.why")}
        value={why}
        maxLength={500}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
      <TextInput
        label={t("customers.confirm", { id })}
        value={confirm}
        error={refused?.field === "confirm" ? refused.message : undefined}
        onChange={(event) => setConfirm(event.currentTarget.value)}
      />
      {error && refused?.field !== "confirm" && (
        <p role="alert" className="wrong">
          {refused ? refused.message : t("unreachable")}
        </p>
      )}
      <Button
        type="submit"
        className="erase"
        variant="default"
        data-do="erase-now"
        loading={isPending}
        disabled={!why.trim() || !confirm.trim()}
      >
        {t("customers.eraseNow")}
      </Button>
    </form>
  );
}
