// Telephones of agents; a new password for one is shown once.

import { Button, Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";

export function Devices() {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<string>();
  const [given, setGiven] = useState<Schema["DevicePassword"]>();
  const { data } = useQuery({
    queryKey: ["devices"],
    queryFn: () => told(api.GET("/api/v1/devices")),
  });
  const change = async (id: string) => {
    setAsked(undefined);
    try {
      setGiven(await told(api.POST("/api/v1/devices/{id}/password", { params: { path: { id } } })));
    } catch (error) {
      const message = error instanceof Refused ? error.message : t("unreachable");
      notifications.show({ color: "red", message });
    }
  };
  const close = { "aria-label": t("close") };
  return (
    <section>
      <h1>{t("devices.title")}</h1>
      <table className="calls">
        <thead>
          <tr>
            <th scope="col">{t("devices.device")}</th>
            <th scope="col">{t("admin.agent")}</th>
            <th scope="col">{t("devices.kind")}</th>
            <th scope="col">{t("devices.password")}</th>
          </tr>
        </thead>
        <tbody id="devices">
          {(data?.devices ?? []).map((one) => (
            <tr key={one.id} data-device={one.id}>
              <td>{one.id}</td>
              <td>{one.agent_name || one.agent}</td>
              <td>
                {t(`devices.kinds.${one.kind}`)} {one.number}
              </td>
              <td>
                {one.registers ? (
                  <Button size="compact-sm" variant="default" onClick={() => setAsked(one.id)}>
                    {t("devices.change")}
                  </Button>
                ) : (
                  <span className="quiet">{t("devices.none")}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Modal
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={t("devices.ask", { id: asked })}
        closeButtonProps={close}
      >
        <p>{t("devices.means")}</p>
        <Button id="change-device" onClick={() => asked && void change(asked)}>
          {t("devices.change")}
        </Button>
      </Modal>
      <Modal
        opened={given !== undefined}
        onClose={() => setGiven(undefined)}
        title={t("devices.once")}
        closeButtonProps={close}
      >
        {given && (
          <dl className="device-login">
            <dt>{t("devices.server")}</dt>
            <dd>
              {given.host}:{given.port}
            </dd>
            <dt>{t("devices.user")}</dt>
            <dd>{given.device}</dd>
            <dt>{t("devices.password")}</dt>
            <dd>
              <code id="device-password">{given.password}</code>
            </dd>
          </dl>
        )}
      </Modal>
    </section>
  );
}
