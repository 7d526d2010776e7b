// What a person must know, above everything else.

import { useTranslation } from "react-i18next";
import { language, named } from "../i18n";
import type { AlarmLine } from "../live/floor";
import { useFloor } from "../live/hooks";

export function Alarms() {
  const alarms = useFloor((floor) => floor.alarms);
  return (
    <ul id="alarms" className="alarms" aria-live="assertive">
      {[...alarms.values()].map((alarm) => (
        <Alarm key={alarm.name} alarm={alarm} />
      ))}
    </ul>
  );
}

function Alarm({ alarm }: { alarm: AlarmLine }) {
  const { t, i18n } = useTranslation();
  const colon = `${alarm.name}:`.indexOf(":");
  const kind = alarm.name.slice(0, colon);
  const of = alarm.name.slice(colon + 1);
  const queue = useFloor((floor) => floor.queues.get(of));
  const agent = useFloor((floor) => floor.agents.get(of));
  const about = queue ? named(queue.names, of) : (agent?.name ?? of);
  // What a first picture of the floor leaves out has its default.
  const values = { now: "", limit: "", names: "", ...alarm.values };
  const worded = i18n.exists(`alarmSays.${kind}`);
  return (
    <li className="alarm" data-alarm={alarm.name}>
      <span aria-hidden="true">▲</span>
      <b>
        {i18n.exists(`alarm.${kind}`) ? t(`alarm.${kind as "journal"}`) : kind}
        {about && ` (${about})`}
      </b>
      <small>
        {worded
          ? t(`alarmSays.${kind as "queue_waiting"}`, values)
          : (alarm.values?.[language()] ?? alarm.text)}
      </small>
    </li>
  );
}
