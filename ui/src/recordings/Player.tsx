// One recording to hear: both sides drawn apart, what happened to the talk marked where it is in the
// audio. Nothing is fetched, and nobody has listened, before it is played.

import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import WaveSurfer from "wavesurfer.js";
import { api, type Schema, told } from "../api/client";
import { Cap } from "../keys/Cap";
import { useKey } from "../keys/keys";
import { lasting } from "../look/time";
import { shares } from "./wave";
import "./recordings.css";

const SKIP_S = 5;
const HEIGHT = 64;
const SPEEDS = ["1", "1.25", "1.5", "2"];

/** The page's policy refuses the sheet that the drawing writes into its shadow root, nonce or none;
 *  the same rules, made by this script, are allowed. */
function adoptStyle(made: WaveSurfer) {
  const root = made.getWrapper().getRootNode();
  if (!(root instanceof ShadowRoot)) return;
  root.adoptedStyleSheets = [...root.querySelectorAll("style")].map((style) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style.textContent ?? "");
    return sheet;
  });
}

export function Player({ detail }: { detail: Schema["RecordingDetail"] }) {
  const { t } = useTranslation();
  const { recording, marks } = detail;
  const { data: peaks } = useQuery({
    queryKey: ["peaks", recording.id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      told(api.GET("/api/v1/recordings/{id}/peaks", { params: { path: { id: recording.id } } })),
  });
  if (!recording.path) return <p className="wrong">{t("recordings.noAudio")}</p>;
  if (!peaks) return <div className="player-waiting" />;
  return <Wave key={recording.id} recording={recording} peaks={peaks} marks={marks} />;
}

interface Drawn {
  recording: Schema["Recording"];
  peaks: Schema["PeaksOf"];
  marks: readonly Schema["Placed"][];
}

function Wave({ recording, peaks, marks }: Drawn) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const surfer = useRef<WaveSurfer | null>(null);
  const [at, setAt] = useState(0);
  // Before it is loaded the element itself does not know where it is to begin.
  const place = useRef(0);
  const [playing, setPlaying] = useState(false);
  const [broken, setBroken] = useState(false);
  const [speed, setSpeed] = useState("1");
  const audio = useMemo(() => heard(recording.id), [recording.id]);
  const seconds = recording.seconds || 0.1;

  useEffect(() => {
    if (!box.current) return;
    const made = WaveSurfer.create({
      container: box.current,
      media: audio,
      duration: seconds,
      peaks: peaks.channels.map((channel) => channel.map((level) => level / 255)),
      height: HEIGHT,
      cursorColor: ink("--ink"),
      cursorWidth: 2,
      dragToSeek: true,
      normalize: true,
      splitChannels: peaks.channels.map((_, side) => ({
        waveColor: ink(side === 0 ? "--amber" : "--blue"),
        progressColor: ink(side === 0 ? "--ink" : "--violet"),
      })),
    });
    adoptStyle(made);
    const moved = (to: number) => {
      place.current = to;
      setAt(to);
    };
    made.on("timeupdate", moved);
    made.on("seeking", moved);
    const loaded = () => {
      if (place.current > 0) audio.currentTime = place.current;
    };
    audio.addEventListener("loadedmetadata", loaded);
    made.on("play", () => setPlaying(true));
    made.on("pause", () => setPlaying(false));
    const failed = () => setBroken(true);
    audio.addEventListener("error", failed);
    surfer.current = made;
    return () => {
      audio.removeEventListener("error", failed);
      audio.removeEventListener("loadedmetadata", loaded);
      audio.pause();
      made.destroy();
      surfer.current = null;
    };
  }, [audio, peaks, seconds]);

  const turn = () => {
    setBroken(false);
    void (audio.paused ? audio.play().catch(() => setBroken(true)) : audio.pause());
  };
  const go = (to: number) => {
    place.current = Math.max(0, Math.min(seconds, to));
    setAt(place.current);
    surfer.current?.setTime(place.current);
  };
  const quicken = (to: string) => {
    setSpeed(to);
    audio.playbackRate = Number(to);
  };
  useKey("␣", t(playing ? "recordings.pause" : "recordings.play"), turn);
  useKey("←", t("recordings.back"), () => go(place.current - SKIP_S));
  useKey("→", t("recordings.on"), () => go(place.current + SKIP_S));

  return (
    <section className="player" aria-label={t("recordings.player")}>
      <div className="player-wave">
        <div className="player-sides" aria-hidden="true">
          {peaks.channels.map((_, side) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a side is its place
            <span key={side} data-side={side}>
              {t(side === 0 ? "recordings.caller" : "recordings.agent")}
            </span>
          ))}
        </div>
        <div className="player-drawn">
          <div ref={box} />
          {marks.map((mark) => (
            <Span key={`${mark.what} ${mark.at_s}`} mark={mark} seconds={seconds} />
          ))}
        </div>
      </div>
      <div className="player-bar">
        <Button onClick={turn} rightSection={<Cap cap="␣" />}>
          {t(playing ? "recordings.pause" : "recordings.play")}
        </Button>
        <span className="clock" role="timer">
          {lasting(at)} / {lasting(seconds)}
        </span>
        <SegmentedControl
          size="xs"
          aria-label={t("recordings.speed")}
          data={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
          value={speed}
          onChange={quicken}
        />
        {broken && (
          <span role="alert" className="wrong">
            {t("recordings.broken")}
          </span>
        )}
      </div>
      {marks.length > 0 && <Marks marks={marks} go={go} />}
    </section>
  );
}

function Span({ mark, seconds }: { mark: Schema["Placed"]; seconds: number }) {
  const { left, width } = shares(mark.at_s, mark.until_s, seconds);
  return (
    <span
      className="player-mark"
      data-what={mark.what}
      style={{ left: `${left}%`, width: `${width}%` }}
    />
  );
}

function Marks({ marks, go }: { marks: readonly Schema["Placed"][]; go: (to: number) => void }) {
  const { t } = useTranslation();
  return (
    <ol className="player-marks" aria-label={t("recordings.marks")}>
      {marks.map((mark) => (
        <li key={`${mark.what} ${mark.at_s}`} data-what={mark.what}>
          <button type="button" onClick={() => go(mark.at_s)}>
            <time>{lasting(mark.at_s)}</time>
            <b>{t(`recordings.mark.${mark.what}` as "recordings.mark.held")}</b>
            {mark.to && <span>{mark.to}</span>}
            {mark.lasted_s > 0 && (
              <small>{t("recordings.for", { time: lasting(mark.lasted_s) })}</small>
            )}
          </button>
        </li>
      ))}
    </ol>
  );
}

/** Where it is played from: asked of the server only when it is played, and one playing for it. */
function heard(id: string): HTMLAudioElement {
  const audio = new Audio();
  audio.preload = "none";
  audio.src = `/api/v1/recordings/${encodeURIComponent(id)}/audio?play=${crypto.randomUUID()}`;
  return audio;
}

/** A colour of the house as the canvas wants it: worked out for light or dark. */
function ink(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
