import { describe, expect, it } from "vitest";
import { add, asPairs, lineAt, names, pairs, put, values, written } from "./text";

const FLOOR = `# 楼面

queues:
  sales:
    names: {zh-CN: 销售咨询, en: Sales}   # both
    ring: {rings: 3}     # as agreed
    exit_key: "0"
    announce_every_s:
agents: {}
`;

describe("one value of a text", () => {
  it("is changed in its place and nowhere else", () => {
    expect(put(FLOOR, ["queues", "sales", "ring", "rings"], 2)).toBe(
      FLOOR.replace("rings: 3", "rings: 2"),
    );
    expect(put(FLOOR, ["queues", "sales", "names", "zh-CN"], "售前")).toBe(
      FLOOR.replace("销售咨询", "售前"),
    );
  });

  it("is put in quotes where YAML would read something else", () => {
    for (const hostile of [
      "a, b: {c}",
      "8001",
      "true",
      "null",
      "yes",
      "off",
      "1_0",
      "12:30",
      "# no",
      "- x",
      '"',
      "",
      " x ",
      "值",
    ]) {
      const text = put(FLOOR, ["queues", "sales", "names", "en"], hostile);
      expect(values(text)).toMatchObject({
        queues: { sales: { names: { en: hostile, "zh-CN": "销售咨询" }, exit_key: "0" } },
      });
      expect(text).toContain("# as agreed");
    }
  });

  it("is added where there was none, and taken away, with every comment kept", () => {
    const more = put(FLOOR, ["queues", "sales", "wrap_up_s"], 15);
    expect(values(more)).toMatchObject({
      queues: { sales: { wrap_up_s: 15, ring: { rings: 3 } } },
    });
    for (const comment of ["# 楼面", "# both", "# as agreed"]) expect(more).toContain(comment);
    const less = put(more, ["queues", "sales", "exit_key"], undefined);
    expect(values(less)).not.toMatchObject({ queues: { sales: { exit_key: "0" } } });
    expect(less).toContain("# as agreed");
    const filled = put(FLOOR, ["queues", "sales", "announce_every_s"], 30);
    expect(values(filled)).toMatchObject({ queues: { sales: { announce_every_s: 30 } } });
    expect(put("ring:\n", ["ring", "rings"], 3)).toBe("ring:\n  rings: 3\n");
  });

  it("may be a list", () => {
    const text = put(
      "night:\n  closed: [2026-10-01]  # 国庆\n",
      ["night", "closed"],
      ["2026-10-02"],
    );
    expect(written(text, ["night", "closed"])).toBe("2026-10-02");
  });

  it("begins a file that held only examples, and they stay", () => {
    const text = add("# Queues and agents.\n# queues: ...\n", ["queues", "sales"], { ring: {} });
    expect(text).toContain("# queues: ...");
    expect(names(text, ["queues"])).toEqual(["sales"]);
  });

  it("may be names with a value each", () => {
    const agents = "a1:\n  queues: {sales: 1}   # first\n  x: {y: {tier: 1}}\n";
    expect(pairs(agents, ["a1", "queues"])).toBe("sales: 1");
    expect(pairs(agents, ["a1", "x"])).toBeNull();
    expect(asPairs("sales: 1，服务：2, desk")).toEqual({ sales: 1, 服务: 2, desk: "" });
    const text = put(agents, ["a1", "queues"], asPairs("sales: 1, service: 2"));
    expect(text).toContain("queues: {sales: 1, service: 2}");
    expect(text).toContain("x: {y: {tier: 1}}");
  });

  it("waits while the text is not YAML", () => {
    expect(put("a: [", ["a"], 1)).toBe("a: [");
    expect(values("a: [")).toBeNull();
  });

  it("is read as it was written", () => {
    expect(written('a: {b: "08", c: 08, d: null}', ["a", "b"])).toBe("08");
    expect(written("a: {c: 08}", ["a", "c"])).toBe("08");
    expect(names("1: {}\n王: {}", [])).toEqual(["1", "王"]);
  });
});

it("finds a line", () => {
  expect(lineAt("ab\ncde\n", 2)).toEqual([3, 6]);
});
