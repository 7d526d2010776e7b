// The way of a draft, or of an earlier version, to callers: now, at a time, or for a share of them; and
// what will change for callers before it does.

import { Button, Modal, NumberInput, SegmentedControl, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { changes } from "./changes";
import { asTree, type Finding, type Tree } from "./model";
import { Said } from "./NodeForm";
import { useRollout } from "./rollout";
import { asInput, fromInput } from "./shares";
import { Changes, useVersions } from "./Versions";

type When = "now" | "later" | "share";
const FIRST_SHARE = 10;
const AN_HOUR_MS = 3_600_000;

export function Publish(props: {
  id: string;
  tree: Tree;
  /** An earlier version; without it the draft. */
  version?: string;
  findings: readonly Finding[];
  may: boolean;
  close: () => void;
}) {
  const { id, tree, version = "" } = props;
  const { t, i18n } = useTranslation();
  const { versions, current } = useVersions(id);
  const { running, again } = useRollout(id);
  const [when, setWhen] = useState<When>(version ? "later" : "now");
  const [at, setAt] = useState(() => asInput(new Date(Date.now() + AN_HOUR_MS)));
  const [share, setShare] = useState<number | string>(FIRST_SHARE);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const { data: inside } = useQuery({
    queryKey: ["inside", id],
    queryFn: () => told(api.GET("/api/v1/trees/{id}/callers", { params: { path: { id } } })),
    refetchInterval: 2_000,
  });
  const old = asTree(versions.find((one) => one.hash === current)?.document ?? "");
  const errors = props.findings.filter((one) => one.severity === "error");
  const time = fromInput(at, new Date());
  const fits = when === "now" || (when === "later" ? time !== null : Number(share) >= 1);

  const act = () => {
    const path = { params: { path: { id } } };
    if (when === "later")
      return told(
        api.POST("/api/v1/trees/{id}/plans", { ...path, body: { at: time ?? 0, version } }),
      );
    if (when === "share")
      return told(
        api.POST("/api/v1/trees/{id}/trials", { ...path, body: { share: Number(share), version } }),
      );
    if (version)
      return told(api.POST("/api/v1/trees/{id}/rollback", { ...path, body: { version } }));
    return told(api.POST("/api/v1/trees/{id}/publish", path));
  };
  const publish = async () => {
    setBusy(true);
    try {
      await act();
      await again();
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
      title={version ? t("rollout.titleOf", { version }) : t("tree.publishTitle")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <div className="publish">
        <SegmentedControl
          id="publish-when"
          aria-label={t("rollout.when")}
          value={when}
          onChange={(value) => {
            setWhen(value as When);
            setProblem("");
          }}
          data={(["now", "later", "share"] as const).map((value) => ({
            value,
            label: t(`rollout.to.${value}`),
            disabled: value === "share" && (!current || running !== undefined),
          }))}
        />
        {when === "now" && (
          <p id="inside">
            {t("tree.inside", { count: inside?.callers ?? 0 })}
            {Object.entries(inside?.nodes ?? {}).map(([node, n]) => (
              <span key={node} className="chip">
                {node} {n}
              </span>
            ))}
          </p>
        )}
        {when === "later" && (
          <TextInput
            id="publish-at"
            type="datetime-local"
            label={t("rollout.at")}
            description={t("rollout.clock", {
              zone: Intl.DateTimeFormat(i18n.language).resolvedOptions().timeZone,
            })}
            value={at}
            min={asInput(new Date())}
            error={time === null && t("rollout.notLater")}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
        )}
        {when === "share" && (
          <NumberInput
            id="publish-share"
            label={t("rollout.share")}
            description={t("rollout.shareRule")}
            value={share}
            onChange={setShare}
            min={1}
            max={99}
            allowDecimal={false}
            clampBehavior="strict"
            suffix=" %"
          />
        )}
        {running && when !== "share" && <p className="quiet">{t("rollout.endsTrial")}</p>}
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
          disabled={!props.may || !fits}
          loading={busy}
          onClick={() => void publish()}
        >
          {t(`rollout.do.${when}`)}
        </Button>
      </div>
    </Modal>
  );
}
