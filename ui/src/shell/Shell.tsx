// What stands around every face: brand, faces, whether it is live, the clock, the person.

import { ActionIcon, Button, Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { Alarms } from "../board/Alarms";
import { Sheet, useHelp } from "../keys/Sheet";
import { useLink } from "../live/hooks";
import { Look } from "../look/Look";
import { WallClock } from "../look/Since";
import { onFloor, useDoor, useSession, watches, worksAtDesk } from "../session/session";

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const link = useLink();
  const [help, setHelp] = useHelp();
  return (
    <div className="shell" data-link={link}>
      <header className="top">
        <p className="brand">
          <img src="/icon.svg" alt="" /> 三响 <small>ThreeRing</small>
        </p>
        <Faces />
        <p id="link" className="link" data-state={link}>
          <span className="dot" aria-hidden="true" />
          {t(link === "live" ? "live" : "connecting")}
        </p>
        <WallClock />
        <div className="tools">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t("keys.title")}
            onClick={() => setHelp(true)}
          >
            ?
          </ActionIcon>
          <Look />
          <Person />
        </div>
      </header>
      {link === "stale" && (
        <div id="stale" className="stale" role="alert">
          {t("notLive")}
        </div>
      )}
      <Alarms />
      <div className={link === "stale" ? "face old" : "face"}>{children}</div>
      <Sheet open={help} close={() => setHelp(false)} />
    </div>
  );
}

function Faces() {
  const { t } = useTranslation();
  const session = useSession();
  const [place] = useLocation();
  const faces = [
    ...(session.agent ? [["/", t("face.desktop")] as const] : []),
    ...(watches(session) ? [["/board", t("face.board")] as const] : []),
    ...(worksAtDesk(session) ? [["/desk", t("face.desk")] as const] : []),
    ...(onFloor(session) ? [["/knowledge", t("face.knowledge")] as const] : []),
    ...(onFloor(session) ? [["/missed", t("missed.title")] as const] : []),
    ...(onFloor(session) ? [["/customers", t("customers.title")] as const] : []),
    ...(onFloor(session) ? [["/followups", t("face.followUps")] as const] : []),
    ...(session.agent || watches(session) ? [["/recordings", t("face.recordings")] as const] : []),
    ...(session.agent || watches(session) ? [["/quality", t("quality.title")] as const] : []),
    ...(watches(session) ? [["/trees", t("face.trees")] as const] : []),
    ...(watches(session) ? [["/reports", t("face.reports")] as const] : []),
    ...(watches(session) ? [["/admin", t("face.admin")] as const] : []),
  ];
  if (faces.length < 2) return null;
  return (
    <nav className="faces" aria-label={t("face.all")}>
      {faces.map(([to, name]) => (
        <Link
          key={to}
          href={to}
          aria-current={
            place === to || (to !== "/" && place.startsWith(`${to}/`)) ? "page" : undefined
          }
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

function Person() {
  const { t } = useTranslation();
  const { leave } = useDoor();
  const session = useSession();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button className="person" variant="default">
          {session.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} href="/password">
          {t("admin.ownPassword")}
        </Menu.Item>
        <Menu.Item id="sign-out" onClick={() => void leave()}>
          {t("signIn.leave")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
