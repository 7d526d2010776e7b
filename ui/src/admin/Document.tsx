// One document of the configuration: forms for the common things, the text itself beside them,
// every mistake as one types, every former version.

import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, told } from "../api/client";
import { Difference } from "./Difference";
import { Entries, Single } from "./Entries";
import { DOCUMENTS, type DocumentId, type Group } from "./forms";
import { lineAt, values } from "./text";
import { type Kept, type Mistake, useDocument } from "./useDocument";

export function Document({ id }: { id: DocumentId }) {
  const { t } = useTranslation();
  const edited = useDocument(id);
  const { base, text, type, mistakes } = edited;
  const [note, setNote] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  if (!base) return <p className="wrong">{edited.problem}</p>;
  const go = (mistake: Mistake) => {
    const box = area.current;
    if (!box || mistake.line === 0) return;
    const [from, to] = lineAt(text, mistake.line);
    box.focus();
    box.setSelectionRange(from, to);
    box.scrollTop = (mistake.line - 4) * Number.parseFloat(getComputedStyle(box).lineHeight);
  };
  const save = async () => {
    await edited.save(note);
    setNote("");
  };
  return (
    <div className="document">
      <header className="document-bar">
        <h1>{t(`admin.document.${id.replace(".yaml", "") as "floor"}`)}</h1>
        <p className="quiet">
          {t(base.at_once ? "admin.atOnce" : "admin.nextStart")}{" "}
          {id === "calendars.yaml" && t("admin.routesKeep")}
        </p>
        <form
          className="document-save"
          onSubmit={(event) => {
            event.preventDefault();
            if (edited.sound) void save();
          }}
        >
          <TextInput
            aria-label={t("admin.note")}
            placeholder={t("admin.note")}
            value={note}
            maxLength={200}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Button id="save" type="submit" disabled={!edited.sound} loading={edited.busy}>
            {t("admin.save")}
          </Button>
          <Button variant="default" disabled={!edited.changed} onClick={() => type(base.text)}>
            {t("admin.undo")}
          </Button>
        </form>
      </header>
      <div className="document-says" role="status">
        {edited.problem && <p className="wrong">{edited.problem}</p>}
        {edited.kept && <Taken kept={edited.kept} />}
        {edited.changed && edited.checked && mistakes.length === 0 && <p>{t("admin.sound")}</p>}
        {edited.gone.map((one) => (
          <p key={one.queue} className="warned">
            {t("admin.gone", { queue: one.queue, count: one.waiting })}
          </p>
        ))}
      </div>
      {edited.theirs && (
        <section className="conflict" aria-label={t("admin.conflict")}>
          <h2>{t("admin.conflict")}</h2>
          <p>{t("admin.conflictHint")}</p>
          <Difference before={edited.theirs.text} after={text} />
          <Button id="keep-mine" onClick={() => void edited.save(note, edited.theirs)}>
            {t("admin.keepMine")}
          </Button>
          <Button variant="default" onClick={() => void edited.read()}>
            {t("admin.takeTheirs")}
          </Button>
        </section>
      )}
      <div className="document-both">
        <div className="document-forms">
          {values(text) === null ? (
            <p className="warned">{t("admin.noForms")}</p>
          ) : (
            DOCUMENTS[id].map((group: Group) => {
              const Form = group.single ? Single : Entries;
              const own = mistakes.filter((one) => one.document === id);
              return <Form key={group.key} group={group} text={text} type={type} mistakes={own} />;
            })
          )}
        </div>
        <div className="document-text">
          {mistakes.length > 0 && (
            <ul id="mistakes" className="mistakes">
              {mistakes.map((one) => (
                <li key={`${one.document} ${one.line} ${one.path} ${one.wrong}`}>
                  <button type="button" onClick={() => go(one)} disabled={one.document !== id}>
                    {one.document !== id && `${one.document} `}
                    {one.line > 0 && t("admin.line", { n: one.line })} <code>{one.path}</code>
                  </button>
                  <p>
                    {one.wrong}; {one.right}
                  </p>
                </li>
              ))}
            </ul>
          )}
          <Textarea
            id="text"
            ref={area}
            label={t("admin.text", { id })}
            classNames={{ input: "yaml" }}
            spellCheck={false}
            autosize
            minRows={24}
            maxRows={36}
            value={text}
            onChange={(event) => type(event.currentTarget.value)}
          />
        </div>
      </div>
      <History id={id} now={base.text} takeBack={edited.takeBack} may={!edited.changed} />
    </div>
  );
}

function Taken({ kept }: { kept: Kept }) {
  const { t } = useTranslation();
  const why = kept.why === "next_start" ? t("admin.savedNextStart") : kept.why;
  return (
    <>
      <p id="kept" className={kept.in_force ? "well" : "warned"}>
        {kept.in_force ? t("admin.savedInForce") : t("admin.saved", { why })}
      </p>
      {kept.missing?.map((one) => (
        <p key={one} className="warned">
          {t("admin.missing", { what: one })}
        </p>
      ))}
    </>
  );
}

interface Former {
  id: DocumentId;
  now: string;
  may: boolean;
  takeBack: (version: number) => Promise<void>;
}

function History({ id, now, may, takeBack }: Former) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState<number>();
  const { data } = useQuery({
    queryKey: ["configuration", id, "versions"],
    queryFn: () =>
      told(api.GET("/api/v1/configuration/{id}/versions", { params: { path: { id } } })),
  });
  const former = useQuery({
    queryKey: ["configuration", id, "version", open],
    enabled: open !== undefined,
    queryFn: () =>
      told(
        api.GET("/api/v1/configuration/{id}/versions/{number}", {
          params: { path: { id, number: String(open) } },
        }),
      ),
  });
  const versions = data?.versions ?? [];
  return (
    <section className="history" aria-label={t("admin.history")}>
      <h2>{t("admin.history")}</h2>
      {versions.length === 0 && <p className="quiet">{t("admin.noHistory")}</p>}
      <ol>
        {versions.map((one) => (
          <li key={one.number} data-version={one.number}>
            <strong>{one.number}</strong>
            <span>{new Date(one.at * 1000).toLocaleString(i18n.language)}</span>
            <span>{one.by || t("admin.byHand")}</span>
            <span className="quiet">{one.note}</span>
            <Button size="compact-sm" variant="default" onClick={() => setOpen(one.number)}>
              {t("admin.look")}
            </Button>
          </li>
        ))}
      </ol>
      <Modal
        opened={open !== undefined && former.data !== undefined}
        onClose={() => setOpen(undefined)}
        size="xl"
        title={t("admin.versionBeside", { n: open ?? 0 })}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <Difference before={now} after={former.data?.text ?? ""} />
        {!may && <p className="warned">{t("admin.saveFirst")}</p>}
        <Button
          id="take-back"
          disabled={!may || former.data?.text === now}
          onClick={() => {
            if (open !== undefined) void takeBack(open);
            setOpen(undefined);
          }}
        >
          {t("admin.takeBack")}
        </Button>
      </Modal>
    </section>
  );
}
