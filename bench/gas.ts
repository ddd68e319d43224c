// What the protocol's calls cost as whole transactions, and that they cost the same after 10,000 items of each kind.
import { batchSize, crowd, measureGas, prepareGas, receiptsPerEpoch } from "../test/helpers/gas.ts";
import { atMost, progress, type Row, report } from "./lib/report.ts";

const priorItems = 10_000;

const stage = await prepareGas();
progress("every call on a young chain");
const young = await measureGas(stage);
const crowded = await crowd(stage, priorItems, progress);
progress("every call on a full chain");
const full = { ...(await measureGas(stage)), ...crowded.after };
const first = { ...young, ...crowded.before };

const rows: Row[] = Object.entries(first).map(([call, gas]) => ({
  call,
  gas,
  gas_on_full_chain: full[call]!,
}));
const growth = Math.max(...Object.entries(first).map(([call, gas]) => full[call]! / gas - 1));
const life = ["request", "claim", "commit", "collect"].reduce((sum, call) => sum + young[call]!, 0);
report(
  "gas",
  [
    atMost("request_to_credit", life, 350_000, "gas"),
    atMost("per_receipt", young.post_epoch! / receiptsPerEpoch, 100, "gas"),
    atMost("per_published_commitment", young.commit_in_batch!, 15_000, "gas"),
    atMost("reveal", young.reveal!, 75_000, "gas"),
    atMost("reveal_tile_of_dearest_bytes", young.reveal_tile!, 75_000, "gas"),
    atMost("choose", Math.max(young.choose!, young.choose_output!), 60_000, "gas"),
    atMost("growth_after_prior_items", growth, 0.01, "share"),
  ],
  [...rows, { call: `answers in a batch: ${batchSize}`, gas: batchSize, gas_on_full_chain: priorItems }],
);
