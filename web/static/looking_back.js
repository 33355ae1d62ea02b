// The slider goes where it is let go, and the arrow keys go from event to event. Without this there are links.

const form = document.querySelector("#steps");
const slider = form.querySelector("input[type=range]");
const said = form.querySelector("output");

form.querySelector("button").hidden = true;
slider.addEventListener("input", () => {
  said.value = slider.value;
});
slider.addEventListener("change", () => form.requestSubmit());

document.addEventListener("keydown", (event) => {
  const types = event.target.closest("input, select, textarea, [contenteditable]");
  if (types || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = way && document.querySelector(`.past a[rel=${way}]`);
  if (link) link.click();
});
