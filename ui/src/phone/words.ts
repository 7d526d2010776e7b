// What the telephone's troubles are called and what to do about them.

import type { PhoneState } from "./telephone";

type Said = Record<"zh-CN" | "en", string>;

export const TROUBLES: Record<Exclude<PhoneState["trouble"], "">, Said> = {
  not_secure: {
    "zh-CN": "浏览器只在 HTTPS 或本机地址下允许使用麦克风：请用 https:// 打开本页。",
    en: "Browsers give a microphone on HTTPS or this very machine alone: open this page by https://.",
  },
  no_permission: {
    "zh-CN": "麦克风未获授权：请点地址栏左侧的图标，允许使用麦克风，再试一次。",
    en: "The microphone is not allowed: click the sign left of the address, allow it, try again.",
  },
  no_microphone: {
    "zh-CN": "没有找到麦克风：请插好耳麦，再试一次。",
    en: "There is no microphone: plug the headset in and try again.",
  },
  in_use: {
    "zh-CN": "麦克风正被其他程序占用：请关闭那个程序，再试一次。",
    en: "Another program holds the microphone: close it and try again.",
  },
  failed: {
    "zh-CN": "麦克风无法打开：请重新插拔耳麦，或换一个浏览器。",
    en: "The microphone cannot be opened: plug the headset in anew, or use another browser.",
  },
  no_webrtc: {
    "zh-CN": "这个浏览器不能打电话：请改用新版 Chrome、Edge、Firefox 或 Safari。",
    en: "This browser cannot telephone: use a current Chrome, Edge, Firefox or Safari.",
  },
  no_codec: {
    "zh-CN": "浏览器与电话交换机没有共同的语音编码，电话没有接通：请换一个浏览器，并告诉管理员。",
    en: "Browser and switchboard have no voice codec in common, so the call failed: use another browser and tell an administrator.",
  },
  no_phone: {
    "zh-CN": "您没有浏览器电话：请管理员给您的坐席加一个 browser 设备。",
    en: "You have no telephone in the browser: ask an administrator for a device of kind browser.",
  },
};
