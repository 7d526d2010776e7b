// Whether this page's telephone could ring now, and what to do when it could not.

import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../i18n";
import { HeadsetCheck } from "../phone/HeadsetCheck";
import { usePhone } from "../phone/Phone";
import { TROUBLES } from "../phone/words";

export function PhoneSign() {
  const { t } = useTranslation();
  const { telephone, state } = usePhone();
  const [checking, setChecking] = useState(false);
  const { registration, trouble } = state;
  // No telephone in the browser: then it is a desk phone, and nothing is wrong.
  const desk = trouble === "no_phone" || registration === "off";
  return (
    <>
      <span id="phone" className="phone" data-state={desk ? "desk" : registration}>
        <span className="dot" aria-hidden="true" />
        {t(desk ? "phone.desk" : `phone.${registration}`)}
      </span>
      {trouble && !desk && (
        <span className="wrong" role="alert">
          {TROUBLES[trouble][language()]}
        </span>
      )}
      {telephone && registration === "taken" && (
        <Button id="take-phone" onClick={() => telephone.take()}>
          {t("phone.takeHere")}
        </Button>
      )}
      {telephone && !desk && registration !== "elsewhere" && registration !== "taken" && (
        <Button variant="default" onClick={() => setChecking(true)}>
          {t("headset.open")}
        </Button>
      )}
      {telephone && checking && (
        <HeadsetCheck telephone={telephone} close={() => setChecking(false)} />
      )}
    </>
  );
}
