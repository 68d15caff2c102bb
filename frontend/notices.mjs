// The notices of the packages whose code or drawings the output holds: bundling loses them.
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";

const ALWAYS = ["bootstrap-italia", "d3-geo", "topojson-client", "world-atlas"]; // what the build itself reads
const BUNDLES = ["@zazuko/yasgui"]; // packages that come with the code of all those they depend on
const MORE = { "bootstrap-italia": ["dist/fonts/Titillium_Web/OFL.txt"] };

/** Licence and notice of every package that a file of the output came from; `modules` is where packages lie. */
export async function notices(inputs, modules) {
  const names = new Set(ALWAYS);
  for (const input of inputs) {
    const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/);
    if (found) names.add(found[1]);
  }
  for (const name of BUNDLES) await addWithin(name, names, modules);
  return (await Promise.all([...names].sort().map((name) => notice(name, modules)))).join(`\n${"-".repeat(80)}\n\n`);
}

async function about(name, modules) {
  return JSON.parse(await readFile(path.join(modules, name, "package.json"), "utf8"));
}

async function addWithin(name, names, modules) {
  for (const inner of Object.keys((await about(name, modules)).dependencies ?? {})) {
    if (names.has(inner) || !existsSync(path.join(modules, inner))) continue;
    names.add(inner);
    await addWithin(inner, names, modules);
  }
}

async function notice(name, modules) {
  const { version, license, licenses, author } = await about(name, modules);
  const folder = path.join(modules, name);
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = [...files, ...(MORE[name] ?? [])].map((file) => readFile(path.join(folder, file), "utf8"));
  const bodies = (await Promise.all(texts)).map((text) => text.trim());
  const by = typeof author === "string" ? author : author?.name;
  return [`${name} ${version} (${license ?? licenses?.map(({ type }) => type).join(", ") ?? "see its source"})`, ...(bodies.length ? bodies : [by ?? ""])].join("\n\n").concat("\n");
}
