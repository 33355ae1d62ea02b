// The timeline in a browser: instants as one likes them, a drawer beside the list, and what is new.
import { showTimes } from "./times.js";
import { openDrawer } from "./drawer.js";
import { followTail } from "./tail.js";

showTimes(document);
const list = document.querySelector("[data-timeline]");
openDrawer(list);
if (list && list.dataset.tail) followTail(list);
