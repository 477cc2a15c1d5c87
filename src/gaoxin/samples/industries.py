"""Industries of the sample firms: codes of GB/T 4754-2017 and what firms in them are like.

The figures are made up to lie in the range of what Chinese firms report; they are estimates of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Industry:
    """A group of industry codes.

    ``weight`` is its share among the firms; ``revenue_per_head`` and ``wage`` are medians in 千元 per person and year;
    ``innovative`` the share of high-tech enterprises, ``intensity`` their median R&D expense over revenue;
    ``exporters`` the share of firms that export; ``energy`` tce per 万元 of value added; ``depreciation``,
    ``technology`` and ``trade`` shares of revenue.
    """

    codes: tuple[str, ...]
    weight: float
    industrial: bool
    revenue_per_head: float
    wage: float
    innovative: float
    intensity: float
    exporters: float
    energy: float
    depreciation: float
    technology: float
    trade: float
    products: tuple[str, ...]


INDUSTRIES = (
    Industry(  # electronics
        ("3911", "3921", "3922", "3972", "3973", "3974", "3982", "3989"),
        0.17, True, 1500, 140, 0.45, 0.052, 0.35, 0.10, 0.035, 0.05, 0.01,
        ("集成电路", "通信模块", "显示器件", "电子元件"),
    ),
    Industry(  # equipment
        ("3421", "3484", "3491", "3525", "3562", "3591", "3811", "3821", "3823", "3831", "3841", "4011", "4040"),
        0.21, True, 1180, 115, 0.42, 0.047, 0.25, 0.15, 0.030, 0.05, 0.01,
        ("数控机床", "工业机器人", "锂电池", "控制系统"),
    ),
    Industry(  # vehicles
        ("3612", "3670"), 0.06, True, 1500, 120, 0.38, 0.045, 0.20, 0.15, 0.035, 0.03, 0.01,
        ("汽车零部件", "驱动电机"),
    ),
    Industry(  # materials
        ("2614", "2651", "2661", "2662", "2929", "3240", "3252", "3360"),
        0.11, True, 1700, 110, 0.32, 0.043, 0.25, 0.90, 0.035, 0.03, 0.02,
        ("高分子材料", "特种合金", "电子化学品"),
    ),
    Industry(  # pharmaceuticals and medical devices
        ("1491", "2710", "2720", "2761", "2770", "3581"),
        0.10, True, 1080, 125, 0.45, 0.060, 0.20, 0.20, 0.035, 0.06, 0.02,
        ("生物制剂", "化学药", "诊断设备"),
    ),
    Industry(  # wind and solar power
        ("4415", "4416"), 0.01, True, 2500, 140, 0.15, 0.042, 0.0, 0.60, 0.120, 0.01, 0.0,
        ("光伏发电",),
    ),
    Industry(  # software and IT services
        ("6511", "6512", "6513", "6520", "6531", "6550", "6560"),
        0.115, False, 760, 190, 0.50, 0.085, 0.08, 0.0, 0.012, 0.85, 0.02,
        ("工业软件", "信息系统集成", "芯片设计", "云平台"),
    ),
    Industry(  # internet and telecommunication
        ("6319", "6421", "6429", "6431", "6432", "6450"),
        0.025, False, 1000, 200, 0.35, 0.075, 0.05, 0.0, 0.020, 0.72, 0.05,
        ("互联网平台", "数据服务"),
    ),
    Industry(  # research and technical services
        ("7310", "7320", "7340", "7452", "7484", "7491", "7512", "7590"),
        0.085, False, 580, 150, 0.35, 0.080, 0.05, 0.0, 0.015, 0.80, 0.02,
        ("检测服务", "技术研发", "工业设计"),
    ),
    Industry(  # business services
        ("7212", "7249"), 0.045, False, 760, 140, 0.02, 0.050, 0.02, 0.0, 0.010, 0.10, 0.05,
        ("咨询服务",),
    ),
    Industry(  # wholesale
        ("5169", "5176", "5177", "5179"), 0.06, False, 3500, 120, 0.0, 0.050, 0.15, 0.0, 0.004, 0.01, 0.92,
        ("设备贸易",),
    ),
    Industry(  # construction
        ("4710",), 0.01, False, 1100, 105, 0.05, 0.042, 0.0, 0.0, 0.010, 0.02, 0.0,
        ("工程施工",),
    ),
)  # fmt: skip

WEIGHTS = np.array([industry.weight for industry in INDUSTRIES])


def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """One property of all industries, in their order."""
    return np.array([float(getattr(industry, name)) for industry in INDUSTRIES])
