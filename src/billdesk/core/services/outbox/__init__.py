"""Jobs for the outside, done by a worker after the commit that asked for them."""
