// Rules and dashboard name nothing that does not exist, and forget no condition that somebody has to be called for.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { findingKinds } from "../../../node/strategy/findings.ts";
import { createMetrics, type Described } from "../../../node/telemetry/metrics.ts";
import { root } from "../../helpers/pages.ts";

type Rule = {
  alert: string;
  expr: string;
  labels: { severity: string; finding?: string };
  annotations: { summary: string; runbook: string };
};
type Panel = { id: number; type: string; title: string; targets?: { expr: string }[] };

const read = (path: string) => readFileSync(join(root, path), "utf8");
const { groups } = parse(read("node/alerts/prometheus-rules.yml")) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const board = JSON.parse(read("node/alerts/grafana.json")) as { panels: Panel[] };
const shown = board.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const metrics = new Map(
  createMetrics()
    .described()
    .map((one) => [one.name, one]),
);

/** What is wrong with the metrics and labels of an expression. */
function wrongIn(expr: string): string[] {
  const wrong: string[] = [];
  for (const [, name = "", selector = ""] of expr.matchAll(/\b(assay_\w+)(?:\{([^}]*)\})?/g)) {
    const metric = metrics.get(name) ?? histogramOf(name);
    if (metric === undefined) wrong.push(`there is no ${name}`);
    for (const [, label = ""] of selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
      if (metric !== undefined && !metric.labels.includes(label)) wrong.push(`${name} has no label ${label}`);
  }
  return wrong;
}

const histogramOf = (name: string): Described | undefined => {
  const found = metrics.get(name.replace(/_(bucket|sum|count)$/, ""));
  return found?.isHistogram ? found : undefined;
};

/** GitHub's anchors of a page's headings. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

describe("alerts", () => {
  it("finds metrics and labels that do not exist", () => {
    expect(wrongIn("sum(assay_nothing_total)")).to.deep.equal(["there is no assay_nothing_total"]);
    expect(wrongIn('assay_chain_events_total{color="red"}')).to.deep.equal([
      "assay_chain_events_total has no label color",
    ]);
    expect(wrongIn("assay_chain_events_total_bucket")).to.have.length(1);
    expect(wrongIn("assay_watchtower_check_seconds_bucket")).to.deep.equal([]);
  });

  it("have rules about metrics and labels that exist", () => {
    expect(rules.length).to.be.greaterThan(20);
    expect(
      rules.flatMap(({ alert, expr }) => wrongIn(expr).map((wrong) => `${alert}: ${wrong}`)),
    ).to.deep.equal([]);
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
  });

  it("have a dashboard of metrics that exist", () => {
    expect(shown.length).to.be.greaterThan(40);
    expect(shown.flatMap(wrongIn)).to.deep.equal([]);
    expect(new Set(board.panels.map(({ id }) => id)).size).to.equal(board.panels.length);
  });

  it("show every metric of watchtower, worker, keeper and monitor", () => {
    const all = shown.join("\n");
    const missing = [...metrics.keys()].filter(
      (name) =>
        /^assay_(watchtower|worker|keeper|monitor)_/.test(name) &&
        !new RegExp(`\\b${name}(_bucket)?\\b`).test(all),
    );
    expect(missing).to.deep.equal([]);
  });

  it("name metrics as assay_<role>_<noun>_<unit>, with a sentence about each", () => {
    for (const { name, help } of metrics.values()) {
      expect(name).to.match(/^assay_[a-z]+(_[a-z]+)+$/);
      expect(help, name).to.match(/^[A-Z0-9]/);
    }
  });

  it("have a rule with a runbook for everything that a monitor finds", () => {
    const named = rules.flatMap(({ labels }) => labels.finding ?? []);
    expect([...named].sort()).to.deep.equal([...findingKinds].sort());
  });

  // What nobody may sleep through.
  const pages: [condition: string, alert: string][] = [
    ["finalized_wrong > 0", "AssayFinalizedWrong"],
    ["a game is forecast to resolve against the reference", "AssayForecastAgainstReference"],
    ["clock_remaining < 2·E on our turn", "AssayClockLow"],
    ["coverage < 100 % for two windows", "AssayCoverageLow"],
    ["bond_available < required", "AssayBondsShort"],
    ["solvency gap ≠ 0", "AssayInsolvent"],
    ["RPC endpoints disagree", "AssayEndpointsDisagree"],
    ["inclusion_delay > F/4", "AssayInclusionSlow"],
    ["guardian flip", "AssayGuardianFlip"],
    ["parameters queued", "AssayParametersProposed"],
  ];
  for (const [condition, alert] of pages)
    it(`page on: ${condition}`, () => {
      const rule = rules.find((one) => one.alert === alert);
      expect(rule?.labels.severity).to.equal("page");
    });

  it("lead to a runbook that exists", () => {
    const anchors = anchorsOf("docs/operate.md");
    for (const { alert, annotations } of rules) {
      const [page, anchor] = annotations.runbook.split("#");
      expect(page, alert).to.equal("docs/operate.md");
      expect(anchors, alert).to.include(anchor);
    }
  });

  it("come with the package", () => {
    const { files } = JSON.parse(read("node/package.json")) as { files: string[] };
    expect(files).to.include("alerts");
  });
});
