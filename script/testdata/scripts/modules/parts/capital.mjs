export class Client {}
export const lower = 1;
export default function make() {}
export const $dollar = 2;
