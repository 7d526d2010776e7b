// A call that nobody makes: keys pressed, the hour set, everything said written down and, if wished,
// heard. The server walks the document as it stands here with the interpreter that serves callers.

import { Button, Group, NativeSelect, Switch, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { LEVELS, QUEUE_RESULTS, type Tree } from "./model";
import { hush, listen } from "./speech";

type Moment = Schema["Moment"];
type Answer = NonNullable<Schema["Simulate"]["answers"]>[number];

const RESULTS: Record<string, readonly string[]> = {
  Enqueue: ["served", ...QUEUE_RESULTS],
  TakeVoicemail: ["stored", "empty"],
  Transfer: ["answered", "refused", "failed"],
  RunScript: ["ok", "failed", "missing"],
};
const KEYS = [..."123456789*0#"];
const SAYS_AT_MOST = 40;

export function Simulator({ tree, here }: { tree: Tree; here: (node: string) => void }) {
  const { t } = useTranslation();
  const [at, setAt] = useState("");
  const [level, setLevel] = useState<(typeof LEVELS)[number]>("normal");
  const [number, setNumber] = useState("");
  const [emergency, setEmergency] = useState(false);
  const [aloud, setAloud] = useState(false);
  const [answers, setAnswers] = useState<Answer[] | null>(null);
  const [moments, setMoments] = useState<readonly Moment[]>([]);
  const [problem, setProblem] = useState("");
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState("");
  const spoken = useRef(0);
  const log = useRef<HTMLOListElement>(null);
  const last = moments.at(-1);

  const walk = async (given: Answer[], from: number) => {
    let all = given;
    try {
      for (let turn = 0; turn < SAYS_AT_MOST; turn++) {
        const { moments: walked } = await told(
          api.POST("/api/v1/trees/{id}/simulate", {
            params: { path: { id: tree.id || "x" } },
            body: {
              document: JSON.stringify(tree),
              answers: all,
              caller: {
                level,
                number,
                emergency,
                variables: {},
                at: at ? new Date(at).getTime() / 1000 : null,
              },
            },
          }),
        );
        const effect = walked.at(-1)?.effect;
        if (effect?.type === "Say" && turn + 1 < SAYS_AT_MOST) {
          all = [...all, { type: "Done" }];
          continue;
        }
        setMoments(walked);
        setAnswers(all);
        setProblem("");
        here(walked.at(-1)?.node ?? "");
        if (aloud) void speak(walked.slice(from));
        return;
      }
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("unreachable"));
    }
  };
  const speak = async (said: readonly Moment[]) => {
    const mine = ++spoken.current;
    for (const line of said.flatMap((one) => one.says)) {
      if (mine !== spoken.current) return;
      if (line.text) await listen(line.language, line.text);
    }
  };
  const quiet = () => {
    spoken.current++;
    hush();
  };
  const give = (answer: Answer) => {
    quiet();
    setTyped("");
    void walk([...(answers ?? []), answer], moments.length);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what came last is shown
  useEffect(() => {
    log.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [moments]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is closed
  useEffect(
    () => () => {
      quiet();
      here("");
    },
    [],
  );

  const effect = last?.effect;
  const press = (key: string) => {
    if (effect?.type !== "Ask") return;
    if (key === effect.terminator) return give({ type: "Keys", keys: typed });
    const next = typed + key;
    if (next.length >= effect.max_keys || (!typed && effect.at_once?.includes(key)))
      give({ type: "Keys", keys: next });
    else setTyped(next);
  };

  return (
    <div className="simulator">
      <div className="sim-facts">
        <TextInput
          type="datetime-local"
          label={t("tree.sim.at")}
          value={at}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("tree.sim.level")}
          value={level}
          data={LEVELS.map((value) => ({
            value,
            label: value === "normal" ? t("tree.sim.normal") : t(`level.${value}`),
          }))}
          onChange={(event) => setLevel(event.currentTarget.value as typeof level)}
        />
        <TextInput
          label={t("call.number")}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <Switch
          label={t("tree.sim.emergency")}
          checked={emergency}
          onChange={(event) => setEmergency(event.currentTarget.checked)}
        />
        <Switch
          label={t("tree.sim.aloud")}
          checked={aloud}
          onChange={(event) => {
            setAloud(event.currentTarget.checked);
            quiet();
          }}
        />
      </div>
      <Group gap="xs">
        <Button id="sim-call" onClick={() => void walk([], 0)}>
          {answers ? t("tree.sim.again") : t("tree.sim.call")}
        </Button>
        {answers?.some((one) => one.type !== "Done") && (
          <Button
            variant="default"
            onClick={() => {
              quiet();
              const back = answers.findLastIndex((one) => one.type !== "Done");
              void walk(answers.slice(0, back), moments.length);
            }}
          >
            {t("tree.sim.back")}
          </Button>
        )}
      </Group>
      {problem && (
        <p className="wrong" role="alert">
          {problem}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div className="sim-scroll" role="log" aria-label={t("tree.sim.heard")} tabIndex={0}>
        <ol className="sim-log" ref={log}>
          {moments.map((moment, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: moments are only ever added
            <li key={index}>
              {index > 0 && answers && <Given answer={answers[index - 1]} />}
              {moment.notes
                .filter((note) => note.type === "Entered")
                .map((note) => (
                  <code key={note.node}>{note.node}</code>
                ))}
              {moment.says.map((line, n) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves here
                <p key={n} lang={line.language} className="sim-line">
                  {line.text || (
                    <span className="wrong">
                      {t("tree.sim.silence", { prompt: line.prompt ?? "" })}
                    </span>
                  )}
                </p>
              ))}
            </li>
          ))}
        </ol>
      </div>
      {effect && (
        <div className="sim-answer" data-effect={effect.type}>
          <p className="quiet">{t(`tree.effect.${effect.type}`)}</p>
          {effect.type === "Ask" && (
            <>
              {effect.max_keys > 1 && <output className="sim-typed">{typed || "–"}</output>}
              <div className="sim-keys">
                {KEYS.map((key) => (
                  <Button key={key} variant="default" onClick={() => press(key)}>
                    {key}
                  </Button>
                ))}
              </div>
              <Button variant="light" onClick={() => give({ type: "Keys", keys: typed })}>
                {t("tree.sim.nothing")}
              </Button>
            </>
          )}
          {effect.type === "LookUp" && (
            <>
              <TextInput
                label={t("tree.sim.values")}
                placeholder="state=open"
                value={found}
                onChange={(event) => setFound(event.currentTarget.value)}
              />
              <Group gap="xs">
                <Button onClick={() => give({ type: "Found", values: valuesOf(found) })}>
                  {t("tree.field.found")}
                </Button>
                <Button variant="default" onClick={() => give({ type: "NotFound" })}>
                  {t("tree.field.not_found")}
                </Button>
                <Button variant="default" onClick={() => give({ type: "LookUpFailed" })}>
                  {t("tree.field.failed")}
                </Button>
              </Group>
            </>
          )}
          <Group gap="xs">
            {(RESULTS[effect.type] ?? []).map((result) => (
              <Button
                key={result}
                variant="default"
                size="compact-md"
                onClick={() => give({ type: "Returned", result })}
              >
                {t(`tree.result.${result as "full"}`)}
              </Button>
            ))}
          </Group>
        </div>
      )}
    </div>
  );
}

function Given({ answer }: { answer: Answer | undefined }) {
  const { t } = useTranslation();
  if (!answer || answer.type === "Done") return null;
  const said =
    answer.type === "Keys"
      ? answer.keys || t("tree.sim.nothing")
      : answer.type === "Returned"
        ? t(`tree.result.${answer.result as "full"}`)
        : answer.type === "Found"
          ? t("tree.field.found")
          : answer.type === "NotFound"
            ? t("tree.field.not_found")
            : t("tree.field.failed");
  return <p className="sim-given">{said}</p>;
}

function valuesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of text.split(/[,;\s]+/)) {
    const [key, value] = pair.split("=");
    if (key && value) found[key] = value;
  }
  return found;
}
