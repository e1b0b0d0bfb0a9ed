"""Machines that put words into another language: one file each, behind one seam."""
