// What was published, what differs, and the way back.

import { Button, Group } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { type Change, changes } from "./changes";
import { asTree, type Tree } from "./model";
import { Publish } from "./Publish";
import { Rollout } from "./Rollout";

export function useVersions(id: string) {
  const path = { params: { path: { id } } };
  const versions = useQuery({
    queryKey: ["versions", id],
    queryFn: () => told(api.GET("/api/v1/trees/{id}/versions", path)),
  });
  const trees = useQuery({ queryKey: ["trees"], queryFn: () => told(api.GET("/api/v1/trees")) });
  const current = trees.data?.trees.find((one) => one.tree === id)?.current ?? null;
  return { versions: versions.data?.versions ?? [], current };
}

export function Changes({ found }: { found: Change[] }) {
  const { t } = useTranslation();
  if (found.length === 0) return <p className="quiet">{t("tree.noChanges")}</p>;
  return (
    <ul className="changes">
      {found.map((one) => (
        <li key={`${one.part} ${one.name}`} data-how={one.how}>
          <strong>{one.name}</strong>{" "}
          <small>
            {t(`tree.part.${one.part}`)} · {t(`tree.how.${one.how}`)}
          </small>
          {one.fields.map((field) => (
            <p key={field.field} className="change-field">
              <code>{field.field}</code> {field.before && <del>{field.before}</del>}{" "}
              {field.after && <ins>{field.after}</ins>}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

export function Versions({ id, tree, locked }: { id: string; tree: Tree; locked: boolean }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const { versions, current } = useVersions(id);
  const [compared, setCompared] = useState("");
  const [problem, setProblem] = useState("");
  const [later, setLater] = useState("");
  const rollback = async (version: string) => {
    try {
      await told(
        api.POST("/api/v1/trees/{id}/rollback", { params: { path: { id } }, body: { version } }),
      );
      setProblem("");
      await queries.invalidateQueries({ queryKey: ["trees"] });
      await queries.invalidateQueries({ queryKey: ["rollout", id] });
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("unreachable"));
    }
  };
  if (versions.length === 0) return <p className="quiet">{t("tree.noVersions")}</p>;
  const planned = asTree(versions.find((one) => one.hash === later)?.document ?? "");
  return (
    <>
      <Rollout id={id} locked={locked} />
      {planned && (
        <Publish
          id={id}
          tree={planned}
          version={later}
          findings={[]}
          may
          close={() => setLater("")}
        />
      )}
      <ol className="versions">
        {problem && (
          <li className="wrong" role="alert">
            {problem}
          </li>
        )}
        {versions.map((one) => {
          const old = asTree(one.document);
          return (
            <li
              key={one.hash}
              data-version={one.hash}
              data-current={one.hash === current || undefined}
            >
              <p>
                <code>{one.hash}</code>{" "}
                {one.hash === current && <span className="chip">{t("tree.current")}</span>}
              </p>
              <p className="quiet">
                {new Date(one.at * 1000).toLocaleString(i18n.language)} · {one.by}
                {old?.comment ? ` · ${old.comment}` : ""}
              </p>
              <Group gap="xs">
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-expanded={compared === one.hash}
                  onClick={() => setCompared(compared === one.hash ? "" : one.hash)}
                >
                  {t("tree.compare")}
                </Button>
                {!locked && one.hash !== current && (
                  <Button size="compact-sm" variant="light" onClick={() => void rollback(one.hash)}>
                    {t("tree.rollback")}
                  </Button>
                )}
                {!locked && one.hash !== current && (
                  <Button size="compact-sm" variant="subtle" onClick={() => setLater(one.hash)}>
                    {t("rollout.more")}…
                  </Button>
                )}
              </Group>
              {compared === one.hash && old && <Changes found={changes(old, tree)} />}
            </li>
          );
        })}
      </ol>
    </>
  );
}
