// What was published, what differs, and the way of a draft to callers and back.

import { Button, Group, Modal } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { type Change, changes } from "./changes";
import { asTree, type Finding, type Tree } from "./model";
import { Said } from "./NodeForm";

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
  const rollback = async (version: string) => {
    try {
      await told(
        api.POST("/api/v1/trees/{id}/rollback", { params: { path: { id } }, body: { version } }),
      );
      setProblem("");
      await queries.invalidateQueries({ queryKey: ["trees"] });
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("unreachable"));
    }
  };
  if (versions.length === 0) return <p className="quiet">{t("tree.noVersions")}</p>;
  return (
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
            </Group>
            {compared === one.hash && old && <Changes found={changes(old, tree)} />}
          </li>
        );
      })}
    </ol>
  );
}

/** What will change for callers, before it does. */
export function Publish(props: {
  id: string;
  tree: Tree;
  findings: readonly Finding[];
  may: boolean;
  close: () => void;
}) {
  const { id, tree } = props;
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { versions, current } = useVersions(id);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const { data: inside } = useQuery({
    queryKey: ["inside", id],
    queryFn: () => told(api.GET("/api/v1/trees/{id}/callers", { params: { path: { id } } })),
    refetchInterval: 2_000,
  });
  const old = asTree(versions.find((one) => one.hash === current)?.document ?? "");
  const errors = props.findings.filter((one) => one.severity === "error");
  const publish = async () => {
    setBusy(true);
    try {
      await told(api.POST("/api/v1/trees/{id}/publish", { params: { path: { id } } }));
      await queries.invalidateQueries({ queryKey: ["versions", id] });
      await queries.invalidateQueries({ queryKey: ["trees"] });
      props.close();
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("unreachable"));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={props.close}
      size="lg"
      title={t("tree.publishTitle")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <div className="publish">
        <p id="inside">
          {t("tree.inside", { count: inside?.callers ?? 0 })}
          {Object.entries(inside?.nodes ?? {}).map(([node, n]) => (
            <span key={node} className="chip">
              {node} {n}
            </span>
          ))}
        </p>
        {errors.map((one) => (
          <Said key={one.rule + one.where} finding={one} />
        ))}
        {old ? <Changes found={changes(old, tree)} /> : <p>{t("tree.firstTime")}</p>}
        {problem && (
          <p className="wrong" role="alert">
            {problem}
          </p>
        )}
        <Button
          id="publish-now"
          disabled={!props.may}
          loading={busy}
          onClick={() => void publish()}
        >
          {t("tree.publish")}
        </Button>
      </div>
    </Modal>
  );
}
