// Places of the values in the rows that the server sends.

export const FRAME = { number: 0, region: 1, detector: 2, start_s: 3, voltage_V: 4, current_A: 5 };
export const SPECTRUM = { number: 0, kind: 1, region: 2, start_s: 3, voltage_V: 4 };
export const EVENT = { time_s: 0, source: 1, kind: 2, message: 3, severity: 4, who: 5 };
export const STRETCH = { name: 0, kind: 1, cycle: 2, start_s: 3, end_s: 4, state: 5 };
