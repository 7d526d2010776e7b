// What a person must know, above everything else.

import { useTranslation } from "react-i18next";
import { useFloor } from "../live/hooks";

export function Alarms() {
  const { t, i18n } = useTranslation();
  const alarms = useFloor((floor) => floor.alarms);
  return (
    <ul id="alarms" className="alarms" aria-live="assertive">
      {[...alarms.values()].map((alarm) => {
        const [name = "", of] = alarm.name.split(":");
        const key = `alarm.${name}`;
        return (
          <li key={alarm.name} className="alarm">
            <span aria-hidden="true">▲</span>
            <b>
              {i18n.exists(key) ? t(key as "alarm.journal") : name}
              {of && ` (${of})`}
            </b>
            <small>{alarm.text}</small>
          </li>
        );
      })}
    </ul>
  );
}
