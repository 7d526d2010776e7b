// The call in hand: who calls on the left, the ticket on the right. Whom the agent picked is written
// on the ticket as soon as there is one.

import { useEffect, useState } from "react";
import { Suggested } from "../knowledge/Suggested";
import type { AgentLine, PopLine } from "../live/floor";
import { Caller } from "./Caller";
import { Dispositions, Script, useGuide } from "./Guide";
import { TicketBeside } from "./TicketBeside";
import { useChange, useTicketOf } from "./tickets";

export function InHand({ line, shown }: { line: AgentLine; shown: PopLine }) {
  const { pop } = shown;
  const talks = line.state === "talking" || line.state === "wrapping_up";
  const ticket = useTicketOf(pop.call, talks);
  const { mutate } = useChange(ticket?.id);
  const [picked, setPicked] = useState<string>();
  const best = pop.matches[0];
  const who = picked ?? ticket?.customer ?? (best?.sure ? best.customer : "");
  const id = ticket?.id;
  const known = ticket?.customer ?? undefined;
  useEffect(() => {
    if (id && picked && picked !== known) mutate({ customer: picked });
  }, [id, picked, known, mutate]);
  const guide = useGuide(shown.queue);
  return (
    <div className="beside">
      <div className="beside-one">
        {guide && <Script guide={guide} line={line} language={pop.language} />}
        <Caller line={line} shown={shown} picked={who} pick={setPicked} />
      </div>
      <div className="beside-one">
        {guide && talks && <Dispositions guide={guide} line={line} />}
        <TicketBeside line={line} shown={shown} ticket={ticket} customer={who} />
        {talks && <Suggested pop={pop} queue={shown.queue} ticket={id} />}
      </div>
    </div>
  );
}
