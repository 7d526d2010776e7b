// What is said next: an answer to the customer, or a note of the house's own. A draft stays in this
// browser until it is sent.

import { Button, NativeSelect, SegmentedControl, Textarea } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKey } from "../keys/keys";
import { CHANNELS, type Ticket, type useChange } from "./tickets";

type Kind = "reply" | "note";

export function Say({ ticket, doing }: { ticket: Ticket; doing: ReturnType<typeof useChange> }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>("reply");
  const [channel, setChannel] = useState<(typeof CHANNELS)[number]>("phone");
  const [text, setText] = useKept(`threering.say.${ticket.id}`);
  const area = useRef<HTMLTextAreaElement>(null);
  const turnTo = (wanted: Kind) => {
    setKind(wanted);
    area.current?.focus();
  };
  useKey("R", t("desk.say.reply"), () => turnTo("reply"));
  useKey("N", t("desk.say.note"), () => turnTo("note"));
  const send = async () => {
    const said = text.trim();
    if (!said) return;
    await doing.changed(
      kind === "note" ? { note: said } : { reply: { channel, text: said, call: null } },
    );
    setText("");
  };
  return (
    <form
      className="say"
      data-kind={kind}
      onSubmit={(event) => {
        event.preventDefault();
        // What was refused is shown above, and what was typed stays.
        send().catch(() => undefined);
      }}
    >
      <div className="say-head">
        <SegmentedControl
          value={kind}
          onChange={(value) => setKind(value as Kind)}
          data={(["reply", "note"] as const).map((value) => ({
            value,
            label: t(`desk.say.${value}`),
          }))}
        />
        {kind === "reply" && (
          <NativeSelect
            id="channel"
            aria-label={t("desk.channel")}
            value={channel}
            data={CHANNELS.map((value) => ({ value, label: t(`desk.by_.${value}`) }))}
            onChange={(event) => setChannel(event.currentTarget.value as (typeof CHANNELS)[number])}
          />
        )}
      </div>
      <Textarea
        ref={area}
        id="say"
        aria-label={t(`desk.say.${kind}`)}
        placeholder={t(`desk.sayHint.${kind}`)}
        autosize
        minRows={3}
        maxRows={14}
        maxLength={kind === "note" ? 4_000 : 8_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.currentTarget.form?.requestSubmit();
          }
        }}
      />
      <div className="say-acts">
        <Button id="send" type="submit" loading={doing.busy} disabled={!text.trim()}>
          {t(`desk.send.${kind}`)}
        </Button>
        <span className="quiet">{t("desk.ctrlEnter")}</span>
      </div>
    </form>
  );
}

function useKept(key: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => {
    try {
      return localStorage.getItem(key) ?? "";
    } catch {
      return "";
    }
  });
  const keep = (changed: string) => {
    setText(changed);
    try {
      if (changed) localStorage.setItem(key, changed);
      else localStorage.removeItem(key);
    } catch {
      // A private window: for this page alone.
    }
  };
  return [text, keep];
}
