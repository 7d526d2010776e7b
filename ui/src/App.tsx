// Which face for whom. An agent's home is her desktop, everybody else's the board.

import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Switch } from "wouter";
import { CallNotice } from "./desktop/CallNotice";
import { LiveFloor } from "./live/hooks";
import { Look } from "./look/Look";
import { PhoneOfThisTab } from "./phone/Phone";
import { SignIn } from "./session/SignIn";
import { onFloor, type Session, useDoor, watches, worksAtDesk } from "./session/session";
import { Shell } from "./shell/Shell";

// Each face is fetched by those who see it.
const Desktop = lazy(async () => ({ default: (await import("./desktop/Desktop")).Desktop }));
const Board = lazy(async () => ({ default: (await import("./board/Board")).Board }));
const Desk = lazy(async () => ({ default: (await import("./desk/Desk")).Desk }));
const TreeList = lazy(async () => ({ default: (await import("./trees/TreeList")).TreeList }));
const Reports = lazy(async () => ({ default: (await import("./reports/Reports")).Reports }));
const Admin = lazy(async () => ({ default: (await import("./admin/Admin")).Admin }));
const Customers = lazy(async () => ({
  default: (await import("./customers/Customers")).Customers,
}));
const FollowUps = lazy(async () => ({
  default: (await import("./followups/FollowUps")).FollowUps,
}));
const Missed = lazy(async () => ({ default: (await import("./missed/Missed")).Missed }));
const Recordings = lazy(async () => ({
  default: (await import("./recordings/Recordings")).Recordings,
}));
const Recording = lazy(async () => ({
  default: (await import("./recordings/Recording")).Recording,
}));
const Password = lazy(async () => ({ default: (await import("./admin/Password")).Password }));
const Knowledge = lazy(async () => ({
  default: (await import("./knowledge/Knowledge")).Knowledge,
}));
const Quality = lazy(async () => ({ default: (await import("./quality/Quality")).Quality }));
const Editor = lazy(async () => ({ default: (await import("./trees/Editor")).Editor }));

export function App() {
  const { session, unreachable, askAgain } = useDoor();
  if (session) {
    return (
      <LiveFloor key={session.person} person={session.person} stranger={askAgain}>
        <PhoneOfThisTab agent={session.agent}>
          <Shell>
            {session.agent && <CallNotice agent={session.agent} />}
            <Suspense>
              <Faces session={session} />
            </Suspense>
          </Shell>
        </PhoneOfThisTab>
      </LiveFloor>
    );
  }
  if (session === undefined && !unreachable) return null;
  return (
    <>
      <div className="door-tools">
        <Look />
      </div>
      <SignIn />
    </>
  );
}

function Faces({ session }: { session: Session }) {
  const { t } = useTranslation();
  return (
    <Switch>
      {session.agent && (
        <Route path="/">
          <Desktop agent={session.agent} />
        </Route>
      )}
      {watches(session) && (
        <Route path="/board">
          <Board />
        </Route>
      )}
      {worksAtDesk(session) && (
        <Route path="/desk/:part?/:id?">
          {({ part = "", id = "" }) => <Desk part={part} id={id} />}
        </Route>
      )}
      {watches(session) && (
        <Route path="/trees">
          <TreeList />
        </Route>
      )}
      {watches(session) && (
        <Route path="/trees/:id">{({ id }) => <Editor key={id} id={id} />}</Route>
      )}
      {watches(session) && (
        <Route path="/reports">
          <Reports />
        </Route>
      )}
      {watches(session) && (
        <Route path="/admin/:part?">{({ part = "" }) => <Admin part={part} />}</Route>
      )}
      <Route path="/knowledge">
        <Knowledge />
      </Route>
      {onFloor(session) && (
        <Route path="/customers/:id?">{({ id = "" }) => <Customers id={id} />}</Route>
      )}
      {onFloor(session) && (
        <Route path="/followups">
          <FollowUps />
        </Route>
      )}
      <Route path="/missed">
        <Missed />
      </Route>
      <Route path="/recordings">
        <Recordings />
      </Route>
      <Route path="/recordings/:id">{({ id }) => <Recording key={id} id={id} />}</Route>
      {onFloor(session) && (
        <Route path="/quality/:part?/:id?">
          {({ part = "", id = "" }) => <Quality part={part} id={id} />}
        </Route>
      )}
      <Route path="/password">
        <Password />
      </Route>
      <Route>
        {watches(session) ? (
          <Redirect to="/board" />
        ) : session.agent ? (
          <Redirect to="/" />
        ) : worksAtDesk(session) ? (
          <Redirect to="/desk" />
        ) : (
          <main className="quiet">{t("face.none")}</main>
        )}
      </Route>
    </Switch>
  );
}
