// The switchboard of all tabs of this browser.

import { type Ear, Switchboard, type Wish } from "./switchboard";

const board = new Switchboard();

self.addEventListener("connect", (event) => {
  const port = (event as MessageEvent).ports[0];
  if (!port) return;
  const ear: Ear = (heard) => port.postMessage(heard);
  port.onmessage = (message: MessageEvent<Wish>) => board.hear(ear, message.data);
});
