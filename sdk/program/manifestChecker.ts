// Looks through the JSON of a manifest value by value, and says where it is wrong.
import { BaseError } from "../errors.ts";

/** The bytes are not a manifest. */
export class ManifestError extends BaseError {
  override readonly name = "ManifestError";
}

/** One value somewhere in a manifest. */
export class Checker {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  fail(expected: string): never {
    throw new ManifestError("The manifest is not well formed.", { facts: { at: this.#path, expected } });
  }

  /** The values of exactly these keys; of any where none are named. */
  object(...keys: readonly string[]): Checker[] {
    const value = this.#value;
    if (typeof value !== "object" || value === null || Array.isArray(value)) this.fail("an object");
    const found = Object.keys(value);
    const isExact = found.length === keys.length && found.every((key) => keys.includes(key));
    if (keys.length > 0 && !isExact) this.fail(`exactly the keys ${keys.join(", ")}`);
    const record = value as Record<string, unknown>;
    return keys.map((key) => new Checker(record[key], `${this.#path}.${key}`));
  }

  list(each: (item: Checker) => void): void {
    if (!Array.isArray(this.#value)) this.fail("a list");
    this.#value.forEach((item, index) => {
      each(new Checker(item, `${this.#path}[${index}]`));
    });
  }

  text(pattern = /^/): string {
    if (typeof this.#value !== "string" || !pattern.test(this.#value)) this.fail("a text");
    return this.#value as string;
  }

  number(accepts: (value: number) => boolean, expected: string): void {
    if (typeof this.#value !== "number" || !accepts(this.#value)) this.fail(expected);
  }

  get value(): unknown {
    return this.#value;
  }
}
