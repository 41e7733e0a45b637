"""The only room with Qt: generic pages over the declarations; knows no area."""
