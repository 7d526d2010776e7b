// What the parts of this face share: words of the API, and how a change is sent.

import type { Schema } from "../api/client";

export type Standing = Schema["FollowUpStanding"];
export type Cause = Schema["FollowUpCause"];
export type Ending = Schema["FollowUpEnding"];

export const LIST = "follow-ups";
export const PAGE = 50;
export const AGAIN_MS = 10_000;
export const CAUSES: readonly Cause[] = ["resolution", "complaint", "low_score", "call"];
export const ENDINGS: readonly Ending[] = ["complete", "not_reached", "not_finished", "declined"];
