// Mocha's spec reporter, which also leaves its totals in the file that ASSAY_TEST_TOTALS names.
import { writeFileSync } from "node:fs";
import mocha from "mocha";

export default class Reporter extends mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(process.env.ASSAY_TEST_TOTALS, JSON.stringify({ passes, failures, pending }));
    });
  }
}
