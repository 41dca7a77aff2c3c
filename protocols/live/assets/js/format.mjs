// Numbers as scientists write them: 119.8 µA, 1.14 mAh, 3.1 × 10⁻⁵ mbar, 12:05 min.

const THIN = "\u202f";
const MINUS = "\u2212";
const PREFIXES = { "-12": "p", "-9": "n", "-6": "µ", "-3": "m", 0: "", 3: "k", 6: "M", 9: "G" };
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
export const UNKNOWN = "–";

const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
const signed = (text) => text.replace("-", MINUS);

export function fixed(value, unit, decimals) {
  return known(value) ? signed(value.toFixed(decimals)) + (unit ? THIN + unit : "") : UNKNOWN;
}

// The number and the unit apart, for large type.
export function prefixed(value, unit, digits = 4) {
  if (!known(value)) return [UNKNOWN, unit];
  if (value === 0) return ["0", unit];
  const rounded = Number(value.toPrecision(digits));
  const power = Math.min(9, Math.max(-12, 3 * Math.floor(Math.log10(Math.abs(rounded)) / 3 + 1e-12)));
  const scaled = rounded / 10 ** power;
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(scaled)) + 1e-12));
  return [signed(scaled.toFixed(decimals)), PREFIXES[power] + unit];
}

export function si(value, unit, digits = 3) {
  const [number, withPrefix] = prefixed(value, unit, digits);
  return number === UNKNOWN ? UNKNOWN : number + THIN + withPrefix;
}

// What somebody has set: without zeros that say nothing.
export function setting(value, unit) {
  const [number, withPrefix] = prefixed(value, unit, 4);
  if (number === UNKNOWN) return UNKNOWN;
  return (number.includes(".") ? number.replace(/\.?0+$/, "") : number) + THIN + withPrefix;
}

export function current(value_A) {
  if (known(value_A) && Math.abs(value_A) < 5e-12) return ["0.0", "µA"];
  if (known(value_A) && Math.abs(value_A) < 1e-3) return [signed((value_A * 1e6).toFixed(1)), "µA"];
  return prefixed(value_A, "A", 4);
}

export const charge = (charge_C) => (known(charge_C) ? signed((charge_C / 3.6).toFixed(3)) + THIN + "mAh" : UNKNOWN);

export function powerOfTen(value, unit, digits = 2) {
  if (!known(value)) return UNKNOWN;
  if (value === 0 || (Math.abs(value) >= 0.01 && Math.abs(value) < 1e4)) {
    return signed(String(Number(value.toPrecision(Math.max(digits, 4))))) + THIN + unit;
  }
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const raised = [...String(Number(power))].map((sign) => RAISED[sign]).join("");
  return `${signed(mantissa)}${THIN}×${THIN}10${raised}${THIN}${unit}`;
}

export function duration(seconds) {
  if (!known(seconds)) return UNKNOWN;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${THIN}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}${THIN}min`;
  if (whole < 172800) return `${Math.floor(whole / 3600)}${THIN}h ${Math.floor((whole % 3600) / 60)}${THIN}min`;
  return `${Math.floor(whole / 86400)}${THIN}d ${Math.floor((whole % 86400) / 3600)}${THIN}h`;
}

// A moment of the run: hours with two decimals, seconds in the first minutes.
export const moment = (time_s) => (Math.abs(time_s) < 600 ? fixed(time_s, "s", 1) : fixed(time_s / 3600, "h", 2));

export function bytes(count) {
  for (const [unit, size] of [["TB", 1e12], ["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (count >= size) return `${Number((count / size).toPrecision(3))}${THIN}${unit}`;
  }
  return `${count}${THIN}B`;
}

export function clock(unix_s) {
  return new Date(unix_s * 1000).toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
}
