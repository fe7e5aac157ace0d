import { create } from "@bufbuild/protobuf";
import { DateSchema, MoneySchema } from "../gen/type.js";

// Digits behind the point in ISO 4217, where they are not two.
const digits = new Map([
  ["BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", 0],
  ["BHD IQD JOD KWD LYD OMR TND", 3],
  ["CLF UYW", 4],
].flatMap(([names, count]) => names.split(" ").map((name) => [name, count])));
const digitsOf = (currency) => digits.get(currency) ?? 2;

export function money(currency, amount) {
  if (typeof amount === "number" && !Number.isSafeInteger(amount)) {
    throw new TypeError("give the amount as text: a number with fractions is not exact");
  }
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(amount)) ?? [];
  const kept = part.slice(0, digitsOf(currency));
  if (whole === undefined || /[1-9]/.test(part.slice(kept.length))) {
    throw new TypeError(`${amount} ${currency}: no amount, or finer than the currency's smallest unit`);
  }
  return create(MoneySchema, {
    currencyCode: currency, amountMinor: BigInt(`${sign}${whole}${kept.padEnd(digitsOf(currency), "0")}`),
  });
}

export function amountOf({ currencyCode, amountMinor }) {
  const count = digitsOf(currencyCode);
  const sign = amountMinor < 0n ? "-" : "";
  const text = String(amountMinor).replace("-", "").padStart(count + 1, "0");
  return sign + (count ? `${text.slice(0, -count)}.${text.slice(-count)}` : text);
}

export function toDate(text) {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined) throw new TypeError(`${text} is no date such as 2031-03-31`);
  return create(DateSchema, { year: Number(year), month: Number(month), day: Number(day) });
}

export function dateOf({ year, month, day }) {
  const padded = (number, size) => String(number).padStart(size, "0");
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}
