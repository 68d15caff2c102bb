// Writes the styles, scripts, icons, fonts and the map that the pages load, each named by its content, into the
// package's static folder, with a manifest of the names and the notices of the packages that went in.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { notices } from "./notices.mjs";
import { worldMap } from "./world.mjs";
import { purged } from "./purged.mjs";
import { translated } from "./yasgui.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const web = path.join(here, "..", "src", "kg", "web");
const out = path.join(web, "static");
const require = createRequire(import.meta.url);

/** The sources of which a class or an icon may be named: the pages and the scripts. */
async function sources() {
  const folders = [path.join(web, "templates"), path.join(here, "src")];
  const files = (await Promise.all(folders.map(async (folder) =>
    (await readdir(folder, { recursive: true })).map((name) => path.join(folder, name))))).flat();
  return files.filter((file) => /\.(html|js)$/.test(file)).sort();
}

/** Write bytes under a name that tells their content. */
async function hashed(name, text) {
  const { name: stem, ext } = path.parse(name);
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  await writeFile(path.join(out, `${stem}-${digest}${ext}`), text);
  return `${stem}-${digest}${ext}`;
}

/** The icons that the sources use, out of the design system's sprite. */
async function icons(files) {
  const sprite = await readFile(require.resolve("bootstrap-italia/dist/svg/sprites.svg"), "utf8");
  const wanted = new Set((await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n").match(/\bit-[a-z-]+/g));
  const symbols = sprite.match(/<symbol[^>]*>.*?<\/symbol>/gs) ?? [];
  const used = symbols.filter((symbol) => wanted.has(/id="([^"]+)"/.exec(symbol)?.[1]));
  return `<svg xmlns="http://www.w3.org/2000/svg">${used.join("")}</svg>\n`;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const files = await sources();
const result = await build({
  absWorkingDir: here,
  entryPoints: { main: "src/main.js", editor: "src/editor.js", style: "src/style.css" },
  outdir: out,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "dataurl", ".png": "dataurl" },
  metafile: true,
  logLevel: "warning",
  plugins: [purged(files), translated()],
});

const assets = {};
for (const [file, made] of Object.entries(result.metafile.outputs)) {
  if (!made.entryPoint) continue;
  const stem = path.parse(made.entryPoint).name;
  assets[stem + path.extname(file)] = path.basename(file);
  if (made.cssBundle) assets[`${stem}.css`] = path.basename(made.cssBundle);
}
for (const file of Object.keys(result.metafile.outputs)) {
  const font = /titillium-web.*-(regular|600|700)-\w+\.woff2$/.exec(file);
  if (font) assets[`font-${font[1]}.woff2`] = path.basename(file);
}
const world = worldMap(JSON.parse(await readFile(require.resolve("world-atlas/land-110m.json"), "utf8")));
assets["world.svg"] = await hashed("world.svg", world.svg);
assets["icons.svg"] = await hashed("icons.svg", await icons(files));
assets["favicon.svg"] = await hashed("favicon.svg", await readFile(path.join(here, "src", "favicon.svg"), "utf8"));
await writeFile(path.join(out, "notices.txt"), await notices(Object.keys(result.metafile.inputs), path.join(here, "node_modules")));
await writeFile(path.join(out, "manifest.json"), `${JSON.stringify({ assets, map: world.map }, null, 1)}\n`);
