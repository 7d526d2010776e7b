// A button on any page that opens the hotline's own caller's page in a frame:
//   <script src="https://hotline.example.com/widget.js" data-language="en" async></script>
// The site must be among web.caller_origins. Of what is done in the frame this page learns nothing but
// that Escape was pressed.
(() => {
  const own = document.currentScript;
  if (!own || document.getElementById("threering-widget")) return;
  const base = new URL(own.src).origin;
  const wanted = own.dataset.language || document.documentElement.lang || navigator.language;
  const words = wanted.toLowerCase().startsWith("zh")
    ? { open: "联系我们", close: "收起", frame: "拨打热线" }
    : { open: "Call us", close: "Close", frame: "Call the hotline" };

  const place = document.createElement("div");
  place.id = "threering-widget";
  const root = place.attachShadow({ mode: "open" });
  // Set one by one, because a page's policy may forbid style sheets of others.
  const put = (element, style) => Object.assign(element.style, style);
  put(place, { position: "fixed", right: "20px", bottom: "20px", zIndex: "2147483000" });

  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  put(button, {
    display: "block",
    marginLeft: "auto",
    minWidth: "48px",
    minHeight: "48px",
    padding: "0 20px",
    border: "2px solid #fff",
    borderRadius: "24px",
    background: "#0b5fb8",
    color: "#fff",
    font: "600 16px system-ui, sans-serif",
    cursor: "pointer",
    boxShadow: "0 2px 12px rgb(0 0 0 / 35%)",
  });

  let frame = null;
  const show = (open) => {
    // Made at the first opening: a page that is only read asks the hotline nothing. Hidden it goes on,
    // and with it the call.
    if (open && !frame) {
      frame = document.createElement("iframe");
      frame.title = words.frame;
      frame.allow = "microphone; autoplay";
      frame.src = `${base}/call?embedded`;
      put(frame, {
        width: "min(360px, calc(100vw - 40px))",
        height: "min(640px, calc(100vh - 110px))",
        marginBottom: "12px",
        border: "0",
        borderRadius: "14px",
        background: "#fff",
        boxShadow: "0 4px 24px rgb(0 0 0 / 35%)",
      });
      root.prepend(frame);
    }
    if (frame) frame.style.display = open ? "block" : "none";
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? words.close : words.open;
  };
  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
  const putAside = () => {
    show(false);
    button.focus();
  };
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") putAside();
  });
  // The same key, pressed in the frame.
  window.addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.data === "threering-aside") putAside();
  });
  root.append(button);
  show(false);
  const join = () => document.body.append(place);
  if (document.body) join();
  else document.addEventListener("DOMContentLoaded", join);
})();
