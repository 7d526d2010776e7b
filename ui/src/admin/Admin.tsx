// Everything an admin changes, one part at a time. Supervisors have those that are theirs.

import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { isLimited, useSession } from "../session/session";
import { Audit } from "./Audit";
import { Customers } from "./Customers";
import { Devices } from "./Devices";
import { Document } from "./Document";
import { Emergency } from "./Emergency";
import { FormEditor } from "./FormEditor";
import { isDocument } from "./forms";
import { Hours } from "./Hours";
import { Outgoing } from "./Outgoing";
import { People } from "./People";
import { Trials } from "./Trials";
import "./admin.css";

const FOR_ADMINS = [
  "floor",
  "calendars",
  "trunks",
  "trials",
  "tickets",
  "departments",
  "followups",
  "forms",
  "alarms",
  "outgoing",
  "customers",
  "devices",
  "people",
  "audit",
] as const;
const FOR_WATCHERS = ["hours", "emergency"] as const;
const FOR_LIMITED = ["hours"] as const;

export function Admin({ part }: { part: string }) {
  const { t } = useTranslation();
  const session = useSession();
  const admin = session.roles.includes("admin");
  const parts = [
    ...(admin ? FOR_ADMINS : []),
    ...(isLimited(session) ? FOR_LIMITED : FOR_WATCHERS),
  ];
  const here = parts.find((one) => one === part) ?? parts[0];
  const document = `${here}.yaml`;
  return (
    <div className="admin">
      <nav className="admin-parts" aria-label={t("face.admin")}>
        {parts.map((one) => (
          <Link key={one} href={`/admin/${one}`} aria-current={one === here ? "page" : undefined}>
            {t(`admin.part.${one}`)}
          </Link>
        ))}
      </nav>
      <main className="admin-part">
        {isDocument(document) && <Document key={document} id={document} />}
        {here === "devices" && <Devices />}
        {here === "customers" && <Customers />}
        {here === "outgoing" && <Outgoing />}
        {here === "forms" && <FormEditor />}
        {here === "trials" && <Trials />}
        {here === "people" && <People />}
        {here === "hours" && <Hours />}
        {here === "emergency" && <Emergency />}
        {here === "audit" && <Audit />}
      </main>
    </div>
  );
}
