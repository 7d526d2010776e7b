// Who may sign in, as what. Nobody is deleted: what she did stays hers; she is switched off.

import { Button, Checkbox, Modal, NativeSelect, Switch, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { useDepartments } from "../desk/tickets";
import { named } from "../i18n";
import { useFloor } from "../live/hooks";

type Person = Schema["PersonLine"];
const ROLES = ["agent", "supervisor", "admin", "department"] as const;
const NOBODY: Person = {
  id: "",
  name: "",
  roles: ["agent"],
  agent: null,
  language: null,
  active: true,
  second: false,
  departments: [],
  queues: [],
};

export function People() {
  const { t } = useTranslation();
  const [edited, setEdited] = useState<Person>();
  const [welcome, setWelcome] = useState<Schema["Welcome"]>();
  const { data } = useQuery({
    queryKey: ["people"],
    queryFn: () => told(api.GET("/api/v1/people")),
  });
  return (
    <section className="people">
      <header className="document-bar">
        <h1>{t("admin.part.people")}</h1>
        <Button id="new-person" onClick={() => setEdited(NOBODY)}>
          {t("admin.newPerson")}
        </Button>
      </header>
      <table className="lines">
        <thead>
          <tr>
            <th scope="col">{t("admin.signsInAs")}</th>
            <th scope="col">{t("admin.shownAs")}</th>
            <th scope="col">{t("admin.roles")}</th>
            <th scope="col">{t("admin.agent")}</th>
            <th scope="col">{t("admin.act")}</th>
          </tr>
        </thead>
        <tbody>
          {data?.people.map((one) => (
            <tr key={one.id} data-person={one.id} className={one.active ? "" : "off"}>
              <td>
                <code>{one.id}</code>
              </td>
              <td>{one.name}</td>
              <td>
                {one.active
                  ? one.roles.map((role) => t(`admin.role.${role}`)).join(t("comma"))
                  : t("admin.off")}
                <Limits person={one} />
              </td>
              <td>{one.agent}</td>
              <td>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t("admin.change", { name: one.id })}
                  onClick={() => setEdited(one)}
                >
                  {t("admin.edit")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {edited && (
        <Edit
          key={edited.id}
          person={edited}
          close={() => setEdited(undefined)}
          shown={(found) => {
            setEdited(undefined);
            setWelcome(found);
          }}
        />
      )}
      <Modal
        opened={welcome !== undefined}
        onClose={() => setWelcome(undefined)}
        title={t("admin.passwordOnce")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <p>{t("admin.passwordFor", { name: welcome?.person.id ?? "" })}</p>
        <p>
          <code id="password-once" className="once">
            {welcome?.password}
          </code>
        </p>
      </Modal>
    </section>
  );
}

function Departments(props: { chosen: string[]; choose: (ids: string[]) => void }) {
  const { t } = useTranslation();
  const all = useDepartments();
  return (
    <fieldset id="departments">
      <legend>{t("desk.answersFor")}</legend>
      {all.map((one) => (
        <Checkbox
          key={one.id}
          label={named(one.names, one.id)}
          checked={props.chosen.includes(one.id)}
          onChange={(event) =>
            props.choose(
              event.currentTarget.checked
                ? [...props.chosen, one.id]
                : props.chosen.filter((id) => id !== one.id),
            )
          }
        />
      ))}
    </fieldset>
  );
}

/** Only a supervisor who is no admin is limited; none chosen means all. */
const mayBeLimited = (roles: readonly string[]) =>
  roles.includes("supervisor") && !roles.includes("admin");

function Limits({ person }: { person: Person }) {
  const { t } = useTranslation();
  const queues = useFloor((floor) => floor.queues);
  if (!person.active || !mayBeLimited(person.roles) || !person.queues?.length) return null;
  const names = person.queues.map((id) => named(queues.get(id)?.names, id));
  return <small className="limits">{t("scope.only", { queues: names.join(t("comma")) })}</small>;
}

function Queues(props: { chosen: string[]; choose: (ids: string[]) => void }) {
  const { t } = useTranslation();
  const known = useFloor((floor) => floor.queues);
  // One that is on the plan no more can still be taken away.
  const ids = [...new Set([...known.keys(), ...props.chosen])];
  return (
    <fieldset id="limits">
      <legend>{t("scope.looksAfter")}</legend>
      <p className="hint">{t(props.chosen.length ? "scope.some" : "scope.all")}</p>
      {ids.map((id) => (
        <Checkbox
          key={id}
          label={named(known.get(id)?.names, id)}
          checked={props.chosen.includes(id)}
          onChange={(event) =>
            props.choose(
              event.currentTarget.checked
                ? [...props.chosen, id]
                : props.chosen.filter((one) => one !== id),
            )
          }
        />
      ))}
    </fieldset>
  );
}

interface Editing {
  person: Person;
  close: () => void;
  shown: (welcome: Schema["Welcome"]) => void;
}

function Edit({ person, close, shown }: Editing) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const known = useFloor((floor) => floor.agents);
  const agents = [...known.values()];
  const isNew = person.id === "";
  const [now, setNow] = useState(person);
  const [refused, setRefused] = useState<{ message: string; field: string }>();
  const [busy, setBusy] = useState(false);
  const wrong = (field: string) => (refused?.field === field ? refused.message : undefined);
  const doing = async (work: () => Promise<Schema["Welcome"] | null>) => {
    setBusy(true);
    try {
      const welcome = await work();
      await queries.invalidateQueries({ queryKey: ["people"] });
      if (welcome) shown(welcome);
      else close();
    } catch (error) {
      setRefused(error instanceof Refused ? error : { message: t("unreachable"), field: "" });
    } finally {
      setBusy(false);
    }
  };
  const { id, second: __, ...rest } = now;
  const path = { params: { path: { id } } };
  const keep = () =>
    doing(async () => {
      if (!isNew) {
        await told(api.PUT("/api/v1/people/{id}", { ...path, body: rest }));
        return null;
      }
      const { active: _, second: __, ...fresh } = now;
      return told(api.POST("/api/v1/people", { body: fresh }));
    });
  const dropSecond = () =>
    doing(async () => {
      await api.POST("/api/v1/people/{id}/second/off", path);
      return null;
    });
  const reset = () => doing(() => told(api.POST("/api/v1/people/{id}/password", path)));
  return (
    <Modal
      opened
      onClose={close}
      title={isNew ? t("admin.newPerson") : t("admin.change", { name: id })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <form
        className="person-form"
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        {isNew && (
          <TextInput
            label={t("admin.signsInAs")}
            value={id}
            error={wrong("id")}
            required
            onChange={(event) => setNow({ ...now, id: event.currentTarget.value })}
          />
        )}
        <TextInput
          label={t("admin.shownAs")}
          value={now.name}
          error={wrong("name")}
          onChange={(event) => setNow({ ...now, name: event.currentTarget.value })}
        />
        <fieldset>
          <legend>{t("admin.roles")}</legend>
          {ROLES.map((role) => (
            <Checkbox
              key={role}
              label={t(`admin.role.${role}`)}
              checked={now.roles.includes(role)}
              onChange={(event) =>
                setNow({
                  ...now,
                  roles: event.currentTarget.checked
                    ? [...now.roles, role]
                    : now.roles.filter((one) => one !== role),
                })
              }
            />
          ))}
        </fieldset>
        {mayBeLimited(now.roles) && (
          <Queues chosen={now.queues ?? []} choose={(queues) => setNow({ ...now, queues })} />
        )}
        {now.roles.includes("department") && (
          <Departments
            chosen={now.departments}
            choose={(departments) => setNow({ ...now, departments })}
          />
        )}
        <NativeSelect
          label={t("admin.agentOf")}
          value={now.agent ?? ""}
          data={[
            { value: "", label: t("admin.noAgent") },
            ...agents.map((one) => ({ value: one.id, label: `${one.id} ${one.name}` })),
            ...(now.agent && !agents.some((one) => one.id === now.agent) ? [now.agent] : []),
          ]}
          onChange={(event) => setNow({ ...now, agent: event.currentTarget.value || null })}
        />
        <NativeSelect
          label={t("admin.language")}
          value={now.language ?? ""}
          data={[
            { value: "", label: t("admin.noLanguage") },
            { value: "zh-CN", label: t("language.zh-CN") },
            { value: "en", label: t("language.en") },
          ]}
          onChange={(event) =>
            setNow({
              ...now,
              language: (event.currentTarget.value || null) as Person["language"],
            })
          }
        />
        {!isNew && (
          <Switch
            label={t("admin.maySignIn")}
            checked={now.active}
            onChange={(event) => setNow({ ...now, active: event.currentTarget.checked })}
          />
        )}
        {refused && !["id", "name"].includes(refused.field) && (
          <p className="wrong" role="alert">
            {refused.message}
          </p>
        )}
        <div className="person-acts">
          <Button id="keep-person" type="submit" loading={busy}>
            {t("admin.save")}
          </Button>
          {!isNew && now.second && (
            <Button id="no-second" variant="default" onClick={() => void dropSecond()}>
              {t("second.dropOf")}
            </Button>
          )}
          {!isNew && (
            <Button id="new-password" variant="default" onClick={() => void reset()}>
              {t("admin.newPassword")}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}
