/** The picture or video, and over it a box and a label for each face. */

import { percent } from "./card.js";
import { strongest } from "./results.js";

const MOST_SIDE = 1600;
/** Pixels of the labels, and below which width of the stage they are the smaller ones. */
const [FONT, SMALL_FONT, NARROW] = [15, 12, 500];

export class Stage {
  constructor(classNames) {
    this.classNames = classNames;
    this.element = document.querySelector("#stage");
    this.hint = document.querySelector("#hint");
    this.photo = document.querySelector("#photo");
    this.video = document.querySelector("#video");
    this.overlay = document.querySelector("#overlay");
    this.seen = null;
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** Show an ImageBitmap, which is closed then. */
  showPhoto(bitmap) {
    const scale = Math.min(1, MOST_SIDE / Math.max(bitmap.width, bitmap.height));
    this.photo.width = Math.max(1, Math.round(bitmap.width * scale));
    this.photo.height = Math.max(1, Math.round(bitmap.height * scale));
    this.photo.getContext("2d").drawImage(bitmap, 0, 0, this.photo.width, this.photo.height);
    bitmap.close();
    this.show(this.photo);
  }

  /** Show the video element, as a mirror where it shows who looks at it. */
  showVideo(mirrored) {
    this.show(this.video, mirrored);
  }

  /** Show nothing but the hint. */
  clear() {
    this.show(this.hint);
  }

  show(element, mirrored = false) {
    for (const each of [this.hint, this.photo, this.video]) each.hidden = each !== element;
    this.element.classList.toggle("empty", element === this.hint);
    this.element.classList.toggle("mirrored", mirrored);
    this.shown = element;
    this.mark(null);
  }

  /** Draw what was seen {width, height, faces}, null for nothing; an event "seen" of #stage has it as its detail. */
  mark(seen) {
    this.seen = seen;
    this.element.dispatchEvent(new CustomEvent("seen", { detail: seen }));
    this.element.setAttribute("aria-label", this.described());
    this.draw();
  }

  described() {
    if (!this.seen) return this.shown === this.hint ? "No picture yet" : "A picture";
    const faces = this.seen.faces.map((face, at) => this.label(face, at));
    return faces.length ? `A picture with faces: ${faces.join(", ")}` : "A picture without a face";
  }

  /** Return "2: happy 93 %", without a number where there is one face. */
  label({ probabilities, number }, at) {
    const best = strongest(probabilities);
    const which = this.seen.faces.length > 1 ? `${(number ?? at) + 1}: ` : "";
    return `${which}${this.classNames[best]} ${percent(probabilities[best])}`;
  }

  draw() {
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    const ratio = window.devicePixelRatio || 1;
    this.overlay.width = Math.round(width * ratio);
    this.overlay.height = Math.round(height * ratio);
    if (!this.seen) return;
    const context = this.overlay.getContext("2d");
    context.scale(ratio, ratio);
    const place = this.placement();
    const style = getComputedStyle(document.documentElement);
    this.seen.faces.forEach((face, at) => {
      if (!face.box) return;
      const colour = style.getPropertyValue(`--class-${strongest(face.probabilities)}`);
      const corner = this.box(context, colour, face.box, place);
      this.tag(context, colour, style.getPropertyValue("--panel"), this.label(face, at), corner);
    });
  }

  /** Return {left, top, width, scale} of the picture within the stage, in CSS pixels. */
  placement() {
    const [outer, inner] = [this.element.getBoundingClientRect(), this.shown.getBoundingClientRect()];
    const scale = Math.min(inner.width / this.seen.width, inner.height / this.seen.height);
    const [width, height] = [this.seen.width * scale, this.seen.height * scale];
    const left = inner.left - outer.left + (inner.width - width) / 2;
    return { left, top: inner.top - outer.top + (inner.height - height) / 2, width, scale };
  }

  /** Draw a box; return its upper left corner on the stage. */
  box(context, colour, [x, y, w, h], { left, top, width, scale }) {
    const [across, down, size] = [x * scale, y * scale, w * scale];
    const start = left + (this.element.classList.contains("mirrored") ? width - across - size : across);
    context.lineWidth = 3;
    context.strokeStyle = colour;
    context.strokeRect(start, top + down, size, h * scale);
    return [start, top + down];
  }

  /** Write a label above the corner, within the stage. */
  tag(context, colour, textColour, label, [left, top]) {
    const font = this.element.clientWidth < NARROW ? SMALL_FONT : FONT;
    context.font = `600 ${font}px system-ui, sans-serif`;
    const size = context.measureText(label).width + 12;
    const start = Math.min(Math.max(left - 1.5, 0), Math.max(0, this.element.clientWidth - size));
    const above = Math.max(0, top - font - 10);
    context.fillStyle = colour;
    context.fillRect(start, above, size, font + 10);
    context.fillStyle = textColour;
    context.fillText(label, start + 6, above + font + 2);
  }
}
