// The answer on a map of the land: a point a row; the view can be the world or only the points.
import { drawn, element } from "./element.js";
import { mayHavePlaces, placesOf } from "./places.js";
import { project } from "./projection.js";
import { View } from "./rows.js";
import { number, prefixes, settings, word } from "./settings.js";
import { nameOf, shown } from "./values.js";

const SMALLEST = 60; // the least width of the part that is shown, in units of the drawing
const RADIUS = 0.008; // of a point, as a part of the width

export class WorldMap extends View {
  constructor(yasr) {
    super(yasr, word("map"), 3);
  }

  canHandleResults() {
    return this.answer.rows.length > 0 && mayHavePlaces(this.answer);
  }

  async draw() {
    const [answer, results] = [this.answer, this.yasr.results];
    const places = await placesOf(answer);
    if (this.yasr.results !== results || !this.isShown) return undefined; // another view or answer has been chosen
    if (!places.length) return this.show(element("p", {}, word("no-places")));
    this.points = places.map((place) => ({ ...place, at: project(place.latitude, place.longitude) }));
    const { width, height } = settings.map;
    this.image = drawn("svg", { class: "world", role: "group", "aria-label": word("map-text", number(places.length)) },
      drawn("image", { href: settings.world, width, height }), this.points.map((point) => this.marker(answer, point)));
    this.button = element("button", { type: "button", onclick: () => this.frame(!this.whole) });
    this.show(element("p", {}, this.button), this.image);
    return this.frame(false);
  }

  marker(answer, point) {
    const text = answer.columns.map((name) => shown(point.row[name], prefixes)).filter(Boolean).join(", ");
    const open = () => this.yasr.explain(point.row, point.column ?? nameOf(answer, point.row));
    const onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    };
    point.circle = drawn("circle", { cx: point.at[0], cy: point.at[1], role: "button", tabindex: "0", "aria-label": text, onclick: open, onkeydown }, drawn("title", {}, text));
    return point.circle;
  }

  /** Show the whole world, or the part that holds the points. */
  frame(whole) {
    this.whole = whole;
    const [x, y, width, height] = whole ? [0, 0, settings.map.width, settings.map.height] : this.around();
    this.image.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    this.points.forEach((point) => point.circle.setAttribute("r", width * RADIUS));
    this.button.textContent = word(whole ? "map-fit" : "map-world");
  }

  around() {
    const { width: full, height: tall } = settings.map;
    const xs = this.points.map((point) => point.at[0]);
    const ys = this.points.map((point) => point.at[1]);
    const ratio = tall / full;
    const reach = Math.max(Math.max(...xs) - Math.min(...xs), (Math.max(...ys) - Math.min(...ys)) / ratio);
    const width = Math.min(Math.max(reach * 1.2, SMALLEST), full);
    const height = width * ratio;
    const within = (middle, size, end) => Math.min(Math.max(middle - size / 2, 0), end - size);
    const x = within((Math.max(...xs) + Math.min(...xs)) / 2, width, full);
    return [x, within((Math.max(...ys) + Math.min(...ys)) / 2, height, tall), width, height];
  }
}
