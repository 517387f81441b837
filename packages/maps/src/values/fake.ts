/**
 * `fake` in expressions: made-up values, always the same for the same seed. The methods have the names of Python's Faker; their values are
 * those of another library, so they differ from Python's.
 */
import { hash } from "node:crypto";
import { ExpressionError } from "../language/expression-error.ts";
import type { MapSettings } from "../settings.ts";
import { numericOf } from "./numbers.ts";
import { toText } from "./text.ts";
import { type Arguments, Callable, integerOf, type Value } from "./value.ts";

const plain: Readonly<Record<string, (faker: Library) => string | boolean>> = {
  first_name: (faker) => faker.person.firstName(),
  last_name: (faker) => faker.person.lastName(),
  name: (faker) => faker.person.fullName(),
  prefix: (faker) => faker.person.prefix(),
  job: (faker) => faker.person.jobTitle(),
  email: (faker) => faker.internet.email(),
  user_name: (faker) => faker.internet.username(),
  url: (faker) => faker.internet.url(),
  domain_name: (faker) => faker.internet.domainName(),
  ipv4: (faker) => faker.internet.ipv4(),
  ipv6: (faker) => faker.internet.ipv6(),
  mac_address: (faker) => faker.internet.mac(),
  phone_number: (faker) => faker.phone.number(),
  address: (faker) => `${faker.location.streetAddress()}, ${faker.location.city()}`,
  street_address: (faker) => faker.location.streetAddress(),
  street_name: (faker) => faker.location.street(),
  city: (faker) => faker.location.city(),
  state: (faker) => faker.location.state(),
  postcode: (faker) => faker.location.zipCode(),
  zipcode: (faker) => faker.location.zipCode(),
  country: (faker) => faker.location.country(),
  country_code: (faker) => faker.location.countryCode(),
  company: (faker) => faker.company.name(),
  credit_card_number: (faker) => faker.finance.creditCardNumber(),
  iban: (faker) => faker.finance.iban(),
  currency_code: (faker) => faker.finance.currencyCode(),
  color_name: (faker) => faker.color.human(),
  word: (faker) => faker.lorem.word(),
  sentence: (faker) => faker.lorem.sentence(),
  paragraph: (faker) => faker.lorem.paragraph(),
  text: (faker) => faker.lorem.text(),
  uuid4: (faker) => faker.string.uuid(),
  boolean: (faker) => faker.datatype.boolean(),
  date: (faker) => faker.date.past({ years: 50, refDate: "2026-01-01T00:00:00Z" }).toISOString().slice(0, 10),
};

/** All methods of `fake`. */
export const fakeMethods: readonly string[] = [...Object.keys(plain), "random_int", "pyint", "seed_instance"];

type Library = typeof import("@faker-js/faker/locale/en")["faker"];

/** Loads the library, which takes 30 ms. */
export async function createFake({ seed }: NonNullable<MapSettings["faker_config"]> = {}): Promise<Callable> {
  const { faker } = await import("@faker-js/faker/locale/en");
  faker.seed(seedOf(seed ?? 0));
  const integer = ({ args, named }: Arguments): Value => {
    const [min, max] = [integerOf(args[0] ?? named.get("min") ?? 0n, "min"), integerOf(args[1] ?? named.get("max") ?? 9999n, "max")];
    if (!(min <= max)) throw new ExpressionError("min is more than max");
    return BigInt(faker.number.int({ min, max }));
  };
  const members = {
    ...Object.fromEntries(Object.entries(plain).map(([name, make]) => [name, new Callable(`fake.${name}`, () => make(faker))])),
    random_int: new Callable("fake.random_int", integer),
    pyint: new Callable("fake.pyint", integer),
    seed_instance: new Callable("fake.seed_instance", ({ args: [value = null] }) => {
      const number = numericOf(value);
      faker.seed(seedOf(typeof number === "bigint" ? Number(BigInt.asUintN(32, number)) : toText(value)));
      return null;
    }),
  };
  return new Callable("fake", undefined, members);
}

function seedOf(seed: number | string): number {
  return typeof seed === "number" && Number.isSafeInteger(seed) ? seed : Number.parseInt(hash("sha256", String(seed)).slice(0, 8), 16);
}
