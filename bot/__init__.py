"""Puente: a language-access hotline that answers by text and hands over to people."""
