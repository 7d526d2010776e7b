// Have one talk reviewed: by one, by two blind to each other, or by many to compare (calibration).

import { Button, Modal, NativeSelect } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { useSession } from "../session/session";
import { Reviewers } from "./Plans";
import { nameIn, useForms } from "./quality";

const KINDS = ["single", "double", "calibration"] as const;

export function Assign({ recording, close }: { recording: string; close: () => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const forms = useForms().data?.forms ?? [];
  const [form, setForm] = useState("");
  const [kind, setKind] = useState<Schema["AssignWanted"]["kind"]>("single");
  const [reviewers, setReviewers] = useState([session.person]);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () =>
      told(
        api.POST("/api/v1/scoring/assessments", {
          body: { recording, form: form || (forms[0]?.id ?? ""), reviewers, kind },
        }),
      ),
    onSuccess: () => {
      notifications.show({ message: t("quality.assigned") });
      close();
    },
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("quality.assign")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {forms.length === 0 && <p className="quiet">{t("quality.formFirst")}</p>}
      <form
        className="quality-assign"
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <NativeSelect
          label={t("quality.form")}
          value={form || forms[0]?.id}
          data={forms.map((one) => ({ value: one.id, label: nameIn(one.names, one.id) }))}
          onChange={(event) => setForm(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("quality.kind")}
          value={kind}
          data={KINDS.map((one) => ({ value: one, label: t(`quality.kinds.${one}`) }))}
          onChange={(event) => setKind(event.currentTarget.value as typeof kind)}
        />
        <Reviewers value={reviewers} choose={setReviewers} />
        {error && (
          <p role="alert" className="wrong">
            {error instanceof Refused ? error.message : t("unreachable")}
          </p>
        )}
        <Button
          type="submit"
          disabled={forms.length === 0 || reviewers.length === 0}
          loading={isPending}
        >
          {t("quality.assign")}
        </Button>
      </form>
    </Modal>
  );
}
