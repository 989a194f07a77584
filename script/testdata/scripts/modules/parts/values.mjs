// Copyright 2026 The duplex authors. MIT license.

export const one = 1;
export let changing = 'before';
export function change() {
  changing = 'after';
}
export default class Thing {
  name = 'thing';
}
