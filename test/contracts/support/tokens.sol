// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice Takes one unit of every transfer for itself.
contract TaxedToken is ERC20("Taxed", "TAX") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0)) super._update(to, address(1), 1);
    }
}

/// @notice Takes ether and gives nothing for it.
contract GreedyToken is ERC20("Greedy", "GRD") {
    function deposit() external payable {}
}

/// @notice Pays one account nothing.
contract BlockingToken is ERC20("Blocking", "BLK") {
    error Blocked();

    address internal immutable BLOCKED;

    constructor(address blocked) {
        BLOCKED = blocked;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(to != BLOCKED, Blocked());
        super._update(from, to, amount);
    }
}

/// @notice Calls somebody in the middle of every transfer.
contract CallingToken is ERC20("Calling", "CLL") {
    address internal _target;
    bytes internal _data;
    bytes4 public refusal;
    uint256 public calls;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function callBack(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_target == address(0)) return;
        (bool success, bytes memory reason) = _target.call(_data);
        refusal = success ? bytes4(0) : bytes4(reason);
        ++calls;
    }
}
