// Every tree, and what of it callers hear.

import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { api, Refused, told } from "../api/client";
import { useSession } from "../session/session";
import { isName, type Tree } from "./model";
import "./trees.css";

export function TreeList() {
  const { t, i18n } = useTranslation();
  const [, go] = useLocation();
  const may = useSession().roles.includes("admin");
  const { data } = useQuery({ queryKey: ["trees"], queryFn: () => told(api.GET("/api/v1/trees")) });
  const [id, setId] = useState("");
  const [problem, setProblem] = useState("");
  const trees = data?.trees ?? [];
  const taken = trees.some((one) => one.tree === id);
  const make = async () => {
    if (!isName(id) || taken) return setProblem(taken ? t("tree.nameTaken") : t("tree.nameRule"));
    const tree: Tree = {
      id,
      title: id,
      languages: ["zh-CN", "en"],
      root: "welcome",
      nodes: {
        welcome: { kind: "say", says: ["welcome"], next: "goodbye" },
        goodbye: { kind: "hangup" },
      },
      prompts: { welcome: { "zh-CN": { text: "您好。" }, en: { text: "Hello." } } },
    };
    try {
      await told(
        api.PUT("/api/v1/trees/{id}", {
          params: { path: { id } },
          headers: { "If-Match": '""' },
          body: tree as never,
        }),
      );
      go(`/trees/${id}`);
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("unreachable"));
    }
  };
  return (
    <main className="trees">
      <h1>{t("face.trees")}</h1>
      <ul className="tree-list">
        {trees.map((one) => (
          <li key={one.tree}>
            <Link href={`/trees/${one.tree}`}>
              <strong>{one.title}</strong>
              <small>{one.tree}</small>
              <small>
                {one.current ? `${t("tree.current")} ${one.current}` : t("tree.neverPublished")}
              </small>
              {one.trial && (
                <small className="chip">{t("rollout.running", { share: one.trial.share })}</small>
              )}
              {(one.plans ?? []).map((plan) => (
                <small key={plan.id} className={plan.failed_at === null ? "chip" : "wrong"}>
                  {new Date(plan.at * 1000).toLocaleString(i18n.language)}{" "}
                  {t(plan.failed_at === null ? "rollout.planned" : "rollout.failed")}
                </small>
              ))}
              <small>
                {t("tree.edited", {
                  by: one.edited_by,
                  at: new Date(one.edited_at * 1000).toLocaleString(i18n.language),
                })}
              </small>
            </Link>
          </li>
        ))}
      </ul>
      {may && (
        <form
          className="tree-new"
          onSubmit={(event) => {
            event.preventDefault();
            void make();
          }}
        >
          <TextInput
            label={t("tree.newId")}
            value={id}
            error={problem}
            onChange={(event) => {
              setId(event.currentTarget.value);
              setProblem("");
            }}
          />
          <Button type="submit">{t("tree.newTree")}</Button>
        </form>
      )}
    </main>
  );
}
